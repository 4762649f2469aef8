"""The virus scanner's driver, against a real clamd and against answers that it may give."""

import pytest

from hotline.drivers.clamd import BadAddress, Clamd, ScannerDown
from tests.drivers.scanner import a_dead_address, clamd, saying  # noqa: F401 - a fixture
from tests.uploads import EICAR, office, pdf


def pieces(content, size=7):
    return (content[start : start + size] for start in range(0, len(content), size))


def test_a_real_scanner_finds_what_is_there_and_nothing_else(clamd):  # noqa: F811
    scanner = Clamd(clamd)
    assert scanner.version().startswith("ClamAV")
    assert scanner.scan(pieces(pdf())) == ""
    assert scanner.scan(pieces(b"")) == ""
    assert scanner.scan(pieces(EICAR.encode())) == "House.Eicar.UNOFFICIAL"
    inside = office(**{"word__embeddings__a.bin": EICAR})
    assert scanner.scan(pieces(inside, 1000)) == "House.Eicar.UNOFFICIAL"


def test_what_the_scanner_would_not_read_to_its_end_is_not_clean(clamd):  # noqa: F811
    with pytest.raises(ScannerDown, match="size limit"):
        Clamd(clamd).scan(bytes(1024 * 1024) for _ in range(5))


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0", b"stream: ERROR\0", b"INSTREAM size limit exceeded. ERROR\0", b"UNKNOWN COMMAND\0",
     b"OKAY", b"\xff\xfe\0", b"stream: ok\0"],
)  # fmt: skip
def test_no_answer_but_the_right_one_is_a_clean_bill(answer):
    with saying(answer) as (address, _server), pytest.raises(ScannerDown):
        Clamd(address, seconds=5).scan([b"x"])


def test_it_says_what_the_protocol_wants():
    with saying(b"stream: OK\0") as (address, server):
        assert Clamd(address, seconds=5).scan([b"abc"]) == ""
    assert server.heard == b"zINSTREAM\0\0\0\0\x03abc"


def test_a_scanner_that_is_not_there_or_hangs_is_down():
    with pytest.raises(ScannerDown):
        Clamd(a_dead_address(), seconds=1).scan([b"x"])
    with pytest.raises(ScannerDown):
        Clamd("/nowhere/clamd.ctl", seconds=1).version()


@pytest.mark.parametrize("address", ["clamd", "host:", "host:port", ":3310", "host:99999"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(BadAddress):
        Clamd(address)
