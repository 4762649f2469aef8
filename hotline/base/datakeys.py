"""The keys of the personal data, as their file has them. Nothing here asks for the settings.

lookup  3q2-7w…      finds an exact value again; stays for good
1       kJ8dLw…      opens what was written under it
2       Zm9vYm…      the highest number is the one that new values are written under
"""

import binascii
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace

LENGTH = 32  # bytes
LAST = 255
ABOUT = (
    "# Keys of the personal data of this installation. Without this file nobody reads the names and\n"
    "# numbers in its database, not even you: keep a copy, and not beside the copies of the database.\n"
)


class BadKeys(ValueError):
    """A text that is no key file; the message says what is wrong and shows no key."""


@dataclass(frozen=True, repr=False)
class Keys:
    """One key to find by, and one or more to read by."""

    lookup: bytes
    of: Mapping[int, bytes]

    @classmethod
    def fresh(cls) -> "Keys":
        return cls(secrets.token_bytes(LENGTH), {1: secrets.token_bytes(LENGTH)})

    @classmethod
    def read(cls, text: str) -> "Keys":
        """Raises BadKeys."""
        found: dict[str, bytes] = {}
        for number, line in enumerate(text.replace(";", "\n").splitlines(), 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) != 2 or words[0] in found:
                raise BadKeys(f"line {number} is not a name and a key, or comes twice")
            found[words[0]] = _bytes(words[1], number)
        names = set(found) - {"lookup"}
        if "lookup" not in found or not names:
            raise BadKeys("there must be a line for lookup, and one for a key with a number")
        if not all(name.isdecimal() and 1 <= int(name) <= LAST for name in names):
            raise BadKeys(f"a key is called lookup, or by a number from 1 to {LAST}")
        return cls(found["lookup"], {int(name): found[name] for name in names})

    def added(self) -> "Keys":
        """With one more key, which is the current one from then on. Raises BadKeys after the last."""
        number = max(self.of) + 1
        if number > LAST:
            raise BadKeys(f"there are {LAST} keys already")
        return replace(self, of={**self.of, number: secrets.token_bytes(LENGTH)})

    def without(self, number: int) -> "Keys":
        """Raises BadKeys for the current key, or for one that is not there."""
        if number not in self.of:
            raise BadKeys(f"there is no key {number}")
        if number == max(self.of):
            raise BadKeys(f"key {number} is the one in use")
        return replace(self, of={n: key for n, key in self.of.items() if n != number})

    def text(self) -> str:
        """The file."""
        lines = [("lookup", self.lookup), *sorted(self.of.items())]
        return ABOUT + "".join(
            f"{name!s:<8}{urlsafe_b64encode(key).decode()}\n" for name, key in lines
        )


def _bytes(text: str, line: int) -> bytes:
    try:
        key = urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != LENGTH:
        raise BadKeys(f"the key in line {line} is not {LENGTH} bytes in base64")
    return key
