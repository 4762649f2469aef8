"""Photos made harmless: upright, small enough to look at, and nothing left in them but pixels.

Decoders of pictures are the code that strangers attack first, and a picture of 100 kB can unpack to
gigabytes. So the pixels are only ever touched in a process of their own, ``make_harmless``, which
has a ceiling for its memory and its time and can take nobody else down.
"""

import io
import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

PIXELS_MOST = 64_000_000  # what telephones take in their finest setting, short of their showpieces
SIDE_MOST = 2560  # pixels; enough to read a notice on a wall
SMALL = 480
MEMORY_MOST = 1024 * 1024 * 1024  # bytes of address space for one picture
SECONDS_MOST = 60  # of computing
QUALITY = 85
OPENED = ["JPEG", "PNG", "WEBP"]
FORMATS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp"}  # MPO: a JPEG and its depth
HEIF = "HEIF"  # Apple's own, of which only the child process reads more than its first words
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
KEPT_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", HEIF: "JPEG"}
ENDINGS = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
BROKEN = (
    OSError, ValueError, SyntaxError, KeyError, EOFError, RuntimeError, MemoryError,
    Image.DecompressionBombError,
)  # fmt: skip

Image.MAX_IMAGE_PIXELS = PIXELS_MOST


class TooLarge(Exception):
    """More pixels than are taken."""


class Unreadable(Exception):
    """A picture that cannot be decoded within the bounds."""


def kind_of(file: IO[bytes]) -> str | None:
    """The extension of what a file's header says it is; None for no picture that is taken.

    Reads the header only. Raises TooLarge.
    """
    file.seek(0)
    head = file.read(12)
    if head[4:8] == b"ftyp" and head[8:] in HEIF_BRANDS:
        return "heic"
    file.seek(0)
    try:
        with Image.open(file, formats=OPENED) as picture:
            if picture.width * picture.height > PIXELS_MOST:
                raise TooLarge
            return FORMATS[picture.format or ""]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooLarge from None
    except (UnidentifiedImageError, *BROKEN):
        return None


def make_harmless(source: Path, target: Path, small: Path) -> tuple[str, str]:
    """Write a picture anew, and once more small; its content type and extension from now on.

    Raises Unreadable when it cannot be decoded within 60 seconds of computing and 1 GB.
    """
    try:
        done = subprocess.run(  # noqa: S603 - this very file, by this very interpreter
            [sys.executable, "-I", __file__, str(source), str(target), str(small)],
            capture_output=True, timeout=SECONDS_MOST * 3, check=False, env={"PATH": os.defpath},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unreadable from None
    if done.returncode != 0:
        raise Unreadable
    mime, extension = json.loads(done.stdout)
    return mime, extension


def _bound() -> None:
    """No more memory and time than this, whatever the picture demands."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MOST, SECONDS_MOST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rewrite(source: Path, target: Path, small: Path) -> tuple[str, str]:
    import pi_heif  # noqa: PLC0415 - its decoder is for this process alone

    pi_heif.register_heif_opener(thumbnails=False)
    with Image.open(source, formats=[*OPENED, HEIF]) as picture:
        if picture.width * picture.height > PIXELS_MOST:
            raise ValueError("too many pixels")
        kept_as = KEPT_AS[picture.format or ""]
        picture.draft("RGB", (SIDE_MOST, SIDE_MOST))
        picture.thumbnail((SIDE_MOST, SIDE_MOST))  # in place: at no time are there two large ones
        upright = _plain(ImageOps.exif_transpose(picture), kept_as)
    _write(upright, target, kept_as)
    upright.thumbnail((SMALL, SMALL))
    _write(upright, small, kept_as)
    return ENDINGS[kept_as]


def _write(picture: Image.Image, path: Path, kept_as: str) -> None:
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)  # a new picture: nothing but pixels comes along
    clean.save(path, kept_as, quality=QUALITY)


def _plain(picture: Image.Image, kept_as: str) -> Image.Image:
    """Eight bits a channel, in the colours that every browser shows: no CMYK, 16 bit or palette."""
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):  # 16 bits of grey
        return picture.convert("F").point(lambda value: value * (1 / 256)).convert("L")
    transparent = picture.has_transparency_data and kept_as != "JPEG"
    if profile := picture.info.get("icc_profile"):
        with suppress(*BROKEN, ImageCms.PyCMSError):  # a profile that is wrong is no loss
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if picture.mode in {"RGB", "CMYK"}:
                standard = ImageCms.createProfile("sRGB")
                return (
                    ImageCms.profileToProfile(picture, own, standard, outputMode="RGB") or picture
                )
    if picture.mode in {"RGB", "L"}:
        return picture
    return picture.convert("RGBA" if transparent else "RGB")


def _main(arguments: list[str]) -> tuple[str, str]:
    _bound()
    try:
        return _rewrite(*(Path(argument) for argument in arguments))
    except BROKEN:
        sys.exit(3)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_main(sys.argv[1:])))
