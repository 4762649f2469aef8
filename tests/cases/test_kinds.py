"""What an upload is, by what it holds; whatever it is made of, at a bounded cost."""

import resource
import subprocess
import sys
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.base.archives import Hostile, look_over, read_member
from hotline.cases.kinds import ACCEPT, MIMES, Unfit, kind_of
from hotline.cases.models.files import KINDS
from tests.uploads import GOOD, HOSTILE, MISNAMED, bomb, office, raw_zip


@pytest.mark.parametrize("name", GOOD)
def test_what_people_send_is_taken_for_what_it_is(name):
    content, extension = GOOD[name]
    assert kind_of(BytesIO(content), name) == (MIMES[extension], extension)


@pytest.mark.parametrize("name", MISNAMED)
def test_a_wrong_name_deceives_nobody(name):
    content, right = MISNAMED[name]
    assert kind_of(BytesIO(content), name).extension == right.rpartition(".")[2]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_or_strange_is_refused_with_a_reason(name):
    with pytest.raises(Unfit) as refused:
        kind_of(BytesIO(HOSTILE[name]), name)
    assert str(refused.value.words)


@pytest.mark.parametrize(
    ("name", "word"),
    [("macros.docx", "宏"), ("hidden-macros.docx", "宏"), ("macros.doc", "宏"), ("locked.docx", "密码"),
     ("bomb.docx", "过大"), ("overlap.docx", "过大"), ("crowd.docx", "过大"), ("huge.png", "像素"),
     ("cut.docx", "损坏"), ("pdf-and.zip.pdf", "藏有"), ("docx-and.docx", "藏有")],
)  # fmt: skip
def test_the_reason_says_what_would_help(name, word):
    with pytest.raises(Unfit) as refused:
        kind_of(BytesIO(HOSTILE[name]), name)
    assert word in str(refused.value.words)


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.pdf", "a.jpg", "a.docx", ""]))
@example(b"PK\x03\x04PK\x05\x06" + b"\xff" * 18, "a.docx")
@example(b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", "a.mp3")
def test_no_bytes_whatever_break_the_look_at_them(content, name):
    for start in (
        b"",
        b"PK\x03\x04",
        b"%PDF-",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"RIFF1234WEBP",
    ):
        try:
            kind_of(BytesIO(start + content), name)
        except Unfit:
            continue


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_no_damage_to_a_document_breaks_the_look_at_it(place, byte):
    for content, _extension in GOOD.values():
        hurt = bytearray(content)
        hurt[place % len(hurt)] = byte
        try:
            kind_of(BytesIO(bytes(hurt)), "a.txt")
        except Unfit:
            continue


def test_a_directory_that_lies_about_a_member_is_not_believed():
    """It says ten bytes; what is read of it is bounded all the same."""
    packed = bomb(200)
    start = packed.index(b"[Content_Types].xml") + 19
    content = packed[start : packed.rindex(b"PK\x01\x02")]
    archive = look_over(BytesIO(raw_zip([("a", content, 10)])))
    with suppress(Hostile):
        assert len(read_member(archive, "a", 1000)) <= 1000


def test_every_kind_has_a_name_and_is_offered_in_the_dialogue():
    assert set(MIMES) == set(KINDS)
    assert all(f".{extension}" in ACCEPT.split(",") for extension in MIMES)


def test_the_whole_corpus_is_looked_at_in_little_memory():
    """In a process of its own, whose address space ends at 700 MB."""
    code = (
        "import resource, io, os, django\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n"
        "django.setup()\n"
        "from tests.uploads import HOSTILE, GOOD\n"
        "from hotline.cases.kinds import kind_of, Unfit\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for name, content in [*HOSTILE.items(), *((n, c) for n, (c, _) in GOOD.items())]:\n"
        "    try: kind_of(io.BytesIO(content), name)\n"
        "    except Unfit: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    most = 700 * 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 60_000, "kB more than before"


def test_a_document_with_parts_of_usual_size_is_taken():
    rows = b"<row>" + b"<c>0</c>" * 1_000_000 + b"</row>"  # 8 MB that pack to almost nothing
    assert kind_of(BytesIO(office(**{"word__big.xml": rows})), "a.docx").extension == "docx"
