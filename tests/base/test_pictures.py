"""A photo made anew: only its pixels are left, whatever it was, in bounded memory."""

import re
import resource
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from hotline.base import pictures
from tests.uploads import HEIC, picture, png_of, telling


def cleaned(content, tmp_path):
    sent, whole, small = (tmp_path / name for name in ("sent", "whole", "small"))
    sent.write_bytes(content)
    told = pictures.make_harmless(sent, whole, small)
    return told, whole.read_bytes(), small.read_bytes()


def test_nothing_is_left_but_the_picture(tmp_path):
    sent = telling()
    assert sent.count(b"canary") == 5
    told, *made = cleaned(sent, tmp_path)
    assert told == ("image/jpeg", "jpg")
    for content in made:
        assert b"canary" not in content
        with Image.open(BytesIO(content)) as opened:
            assert not opened.getexif() and not set(opened.info) & {"icc_profile", "xmp", "comment"}


def test_a_photo_is_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    _told, whole, small = cleaned(picture(size=(400, 300), exif=exif.tobytes()), tmp_path)
    assert Image.open(BytesIO(whole)).size == (300, 400)
    assert Image.open(BytesIO(small)).size == (300, 400)


def test_a_large_photo_is_made_small_enough_to_look_at(tmp_path):
    _told, whole, small = cleaned(picture(size=(4000, 3000)), tmp_path)
    assert Image.open(BytesIO(whole)).size == (2560, 1920)
    assert Image.open(BytesIO(small)).size == (480, 360)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "I;16"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"),
     ("PNG", "RGBA"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_every_way_to_write_colours_becomes_one_that_browsers_show(tmp_path, kind, mode):
    told, whole, _small = cleaned(picture(kind, mode=mode), tmp_path)
    with Image.open(BytesIO(whole)) as opened:
        assert opened.mode in {"RGB", "RGBA", "L"}
        assert Image.MIME[opened.format or ""] == told[0]


def test_sixteen_bits_of_grey_keep_their_greys(tmp_path):
    out = BytesIO()
    Image.new("I;16", (20, 20), 32_768).save(out, "PNG")
    _told, whole, _small = cleaned(out.getvalue(), tmp_path)
    assert Image.open(BytesIO(whole)).getpixel((5, 5)) in {127, 128}


def test_of_moving_pictures_the_first_is_kept(tmp_path):
    out = BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    _told, whole, _small = cleaned(out.getvalue(), tmp_path)
    with Image.open(BytesIO(whole)) as opened:
        assert getattr(opened, "n_frames", 1) == 1
        assert opened.getpixel((5, 5))[0] > 200


def test_a_photo_of_an_iphone_becomes_a_jpeg_that_every_browser_shows(tmp_path):
    assert b"canary" in HEIC
    assert pictures.kind_of(BytesIO(HEIC)) == "heic"
    told, whole, _small = cleaned(HEIC, tmp_path)
    assert told == ("image/jpeg", "jpg") and b"canary" not in whole
    with Image.open(BytesIO(whole)) as opened:
        assert (opened.size, opened.format) == ((64, 48), "JPEG")


@pytest.mark.parametrize(
    "content",
    [picture(size=(800, 600))[:900], png_of(100, 100), png_of(8000, 8000), b"no picture",
     b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(200)],
    ids=["cut off", "no lines", "very large and no lines", "no picture", "no HEIC"],
)  # fmt: skip
def test_what_cannot_be_decoded_is_said_to_be_so(tmp_path, content):
    with pytest.raises(pictures.Unreadable):
        cleaned(content, tmp_path)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """62 million pixels with transparency: 250 MB, and half a gigabyte while they are scaled."""
    path = tmp_path_factory.mktemp("big") / "big.png"
    path.write_bytes(png_of(7900, 7900, lines=7900))
    return path


def test_sixty_million_pixels_are_scaled_within_the_ceiling(tmp_path, big):
    code = (
        "import runpy, sys\n"
        f"sys.argv[1:] = {[str(big), str(tmp_path / 'whole'), str(tmp_path / 'small')]!r}\n"
        f"runpy.run_path({pictures.__file__!r}, run_name='__main__')\n"
        "sys.stderr.write(open('/proc/self/status').read())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == '["image/png", "png"]'
    # not ru_maxrss: a child begins with its parent's, and a worker of pytest's grows large
    most = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    assert most is not None and int(most[1]) < 700_000
    assert Image.open(tmp_path / "whole").size == (2560, 2560)


def test_the_ceiling_holds(tmp_path, big):
    """A picture that needs more than it may have is refused, and nobody else is hurt."""
    code = (
        "import resource, runpy, sys\n"
        "module = runpy.run_path(sys.argv[1])\n"
        "module['_rewrite'].__globals__['MEMORY_MOST'] = 300 * 1024 * 1024\n"
        "sys.argv[1:] = sys.argv[2:]\n"
        "module['_main'](sys.argv[1:])\n"
    )
    arguments = [pictures.__file__, str(big), str(tmp_path / "whole"), str(tmp_path / "small")]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, check=False
    )
    assert done.returncode == 3
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
