"""Recordings and short films, told by their first bytes: MP3, AMR, and what telephones put into MP4."""

from typing import IO

VIDEO = {
    b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"3gp4",
    b"3gp5", b"qt  ",
}  # fmt: skip
AUDIO = {b"M4A ", b"M4B "}
ID3 = 10  # bytes of its header
KBITS = {  # of an MPEG layer III frame, by the number in its header
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}  # fmt: skip
HERTZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def kind_of(file: IO[bytes], head: bytes) -> str | None:
    """The extension of a recording or film; None for anything else. ``head`` is how it begins."""
    if head.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "amr"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "m4a" if brand in AUDIO else "mp4" if brand in VIDEO else None
    return "mp3" if _is_mp3(file, head) else None


def _is_mp3(file: IO[bytes], head: bytes) -> bool:
    """Two frames, one where the other says that it ends: three bytes alone could be chance."""
    start = 0
    if head.startswith(b"ID3") and len(head) >= ID3:
        size = 0
        for byte in head[6:ID3]:
            size = size << 7 | byte & 0x7F
        start = ID3 + size
    file.seek(start)
    length = _frame(file.read(4))
    if not length:
        return False
    file.seek(start + length)
    return bool(_frame(file.read(4)))


def _frame(header: bytes) -> int:
    """The length of an MPEG layer III frame in bytes; 0 for what is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, bits, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version not in HERTZ or bits in {0, 15} or rate == 3:
        return 0
    first = version == 3
    kbits = KBITS[1 if first else 2][bits]
    return (144_000 if first else 72_000) * kbits // HERTZ[version][rate] + (header[2] >> 1 & 1)
