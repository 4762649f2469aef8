"""Is a password on a list of known ones? The list is a file on this host; nothing is asked outside."""

import hashlib
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def is_listed(password: str, path: Path) -> bool:
    """Is the SHA-1 of a password in a sorted file of lines ``HASH`` or ``HASH:COUNT``?

    Upper-case hexadecimal, as Have I Been Pwned gives it; a file of beginnings of hashes, all of one
    length, will do. Some forty steps however large it is. Raises OSError when it cannot be read.
    """
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        line = _first_not_before(file, digest, path.stat().st_size)
    # A line that is a beginning of the digest sorts before it: both neighbours are looked at.
    return any(found and digest.startswith(found) for found in line)


def _first_not_before(file: IO[bytes], digest: bytes, size: int) -> tuple[bytes, bytes]:
    """The hashes of the last line before a digest and of the first that is not."""
    low, high, before, after = 0, size, b"", b""
    while low < high:
        middle = (low + high) // 2
        start = _line_start(file, middle)
        line = file.readline()
        found = line.split(b":")[0].strip().upper()
        if found < digest:
            before, low = found, start + len(line)
        else:
            after, high = found, start
    return before, after


def _line_start(file: IO[bytes], at: int) -> int:
    """Go to the beginning of the line that holds this byte; where that is."""
    step = 64
    while at > 0:
        back = max(0, at - step)
        file.seek(back)
        cut = file.read(at - back).rfind(b"\n")
        if cut >= 0:
            at = back + cut + 1
            break
        at = back
    file.seek(at)
    return at


class NotBreached:
    """A validator for Django's list: refuses what is known from break-ins elsewhere."""

    def validate(self, password: str, user: object = None) -> None:
        if settings.BREACHED and is_listed(password, settings.BREACHED):
            raise ValidationError(_("这个密码已在别处泄露过，请换一个。"), code="breached")

    def get_help_text(self) -> str:
        return _("不能是已知泄露过的密码。")
