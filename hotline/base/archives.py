"""Zip containers that strangers send: looked over by their directory before a byte is unpacked.

Office documents and workbooks are zip files, and a zip of 40 kB can unpack to a petabyte. What the
directory at its end declares is added up first, so that no program of ours starts on one that is
too large; the directory itself is bounded too, because reading it is what costs memory.
"""

import struct
import zlib
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

END = b"PK\x05\x06"
END_64 = b"PK\x06\x07"
END_SIZE = 22
COMMENT_MOST = 65_535  # bytes, by the format
MEMBERS_MOST = 10_000
DIRECTORY_MOST = 2 * 1024 * 1024  # bytes
UNPACKED_MOST = 300 * 1024 * 1024  # bytes, of all members together
RATIO_MOST = 100  # unpacked to packed, where it unpacks to more than ...
RATIO_FROM = 10 * 1024 * 1024  # ... this: a small one may well be all zeros
ENCRYPTED = 0x1


class Hostile(Exception):
    """A zip file that is not opened: damaged, or made to cost more than it is worth."""


def look_over(file: IO[bytes]) -> ZipFile:
    """Open a zip file whose directory declares nothing unreasonable. Nothing is unpacked.

    Raises Hostile for what is damaged, encrypted, prefixed by something else, has members that
    overlap or whose names lead elsewhere, or would unpack to too much.
    """
    size = _check_end(file)
    file.seek(0)
    try:
        archive = ZipFile(file)
    except (BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        raise Hostile("damaged") from None
    members = archive.infolist()
    if not members:
        raise Hostile("damaged")
    _check_sizes(members, size)
    for member in members:
        _check_member(member)
    if min(member.header_offset for member in members) != 0:
        raise Hostile("has something before its beginning")
    return archive


def read_member(archive: ZipFile, name: str, most: int) -> bytes:
    """The first ``most`` bytes of a member, whatever it claims. Raises Hostile when it is damaged."""
    try:
        with archive.open(name) as member:
            return member.read(most)
    except (KeyError, BadZipFile, OSError, ValueError, RuntimeError, EOFError, zlib.error):
        raise Hostile("damaged") from None


def _check_end(file: IO[bytes]) -> int:
    """Look at the record at the end, which bounds the directory; the file's size. Raises Hostile."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_SIZE - COMMENT_MOST))
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        raise Hostile("damaged")
    members, length, start, comment = struct.unpack("<H2LH", tail[at + 10 : at + END_SIZE])
    if len(tail) - at - END_SIZE != comment:
        raise Hostile("has something after its end")
    if (
        members == 0xFFFF
        or 0xFFFFFFFF in {length, start}
        or tail[max(0, at - 20) : at][:4] == END_64
    ):
        raise Hostile("is of the kind for more than 4 GB")  # no document of ours needs that
    if members > MEMBERS_MOST or length > DIRECTORY_MOST:
        raise Hostile("has too many members")
    return size


def _check_sizes(members: list[ZipInfo], size: int) -> None:
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if packed > size:  # members that share their bytes: each is small, together they are a bomb
        raise Hostile("has members that overlap")
    if unpacked > UNPACKED_MOST:
        raise Hostile("unpacks to too much")
    if unpacked > RATIO_FROM and unpacked > RATIO_MOST * max(packed, 1):
        raise Hostile("unpacks to too much")


def _check_member(member: ZipInfo) -> None:
    if member.flag_bits & ENCRYPTED:
        raise Hostile("is encrypted")
    if member.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise Hostile("is packed in an unusual way")
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise Hostile("has names that lead elsewhere")
