"""Whole numbers as they come in addresses and forms."""

DIGITS_MOST = 18  # fits a 64-bit id


def whole(text: str) -> int | None:
    """A number that is written in plain digits; None for anything else, however digit-like."""
    plain = text.isascii() and text.isdecimal() and len(text) <= DIGITS_MOST
    return int(text) if plain else None
