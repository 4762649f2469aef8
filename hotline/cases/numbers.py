"""受理编号: RX2606-0142-7, the year and month, a sequence without gaps, and a check digit.

The check digit is that of ISO/IEC 7064 MOD 11,10 over all other digits: it finds every
single wrong digit, and nearly every swap, when a number is read out over the telephone.
"""

import re
from datetime import datetime

from hotline.base import counters
from hotline.cases.models import Counter
from hotline.worktime.clock import ZONE

SHAPE = re.compile(r"RX?(\d{4})(\d{4,7})(\d)", re.IGNORECASE)


def check_digit(digits: str) -> int:
    """The check digit of a string of digits, by ISO/IEC 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def written(month: str, sequence: int) -> str:
    """The number of a month (2606) and a sequence in it."""
    serial = f"{sequence:04d}"
    return f"RX{month}-{serial}-{check_digit(month + serial)}"


def read(text: str) -> str | None:
    """A number as people type it (any case, spaces, no dashes), made whole; None when it is none."""
    match = SHAPE.fullmatch(re.sub(r"[\s\-—–_]", "", text))
    if not match:
        return None
    month, serial, digit = match.groups()
    if check_digit(month + serial) != int(digit):
        return None
    return f"RX{month}-{serial}-{digit}"


def month_of(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%y%m")


def next_numbers(at: datetime, count: int = 1) -> list[str]:
    """Take ``count`` numbers of the month of ``at``: last in a transaction (``counters.take``)."""
    month = month_of(at)
    return [written(month, sequence) for sequence in counters.take(Counter, month, count)]
