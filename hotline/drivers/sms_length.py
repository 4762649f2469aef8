"""How many short messages a text is: what a carrier charges for, and what a phone puts together."""

# GSM 03.38: the basic alphabet, and the characters that cost an escape and so two septets.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")

# What fits in 140 octets, alone and behind the 6-octet header of a part.
GSM_ALONE, GSM_PART = 160, 153
UCS_ALONE, UCS_PART = 70, 67


def is_gsm(text: str) -> bool:
    """Whether the text goes in 7 bits a character; one Chinese character and it does not."""
    return all(char in BASIC or char in EXTENDED for char in text)


def units(text: str) -> int:
    """The length that counts: septets, or 16-bit units, of which 𬭎 and emoji take two."""
    return sum(_width(text))


def parts(text: str) -> int:
    """How many messages it becomes; an empty text is one.

    A part never ends inside a character, so a text can need one part more than its
    length says. Mainland carriers count every text as UCS-2: see ``parts_in_china``.
    """
    alone, each = (GSM_ALONE, GSM_PART) if is_gsm(text) else (UCS_ALONE, UCS_PART)
    return _parts(_width(text), alone, each)


def parts_in_china(text: str) -> int:
    """How many a mainland carrier charges: 70 characters, or 67 each, whatever the alphabet."""
    return _parts(_ucs(text), UCS_ALONE, UCS_PART)


def _parts(widths: list[int], alone: int, each: int) -> int:
    if sum(widths) <= alone:
        return 1
    count, filled = 1, 0
    for width in widths:
        if filled + width > each:
            count, filled = count + 1, 0
        filled += width
    return count


def _width(text: str) -> list[int]:
    return [2 if char in EXTENDED else 1 for char in text] if is_gsm(text) else _ucs(text)


def _ucs(text: str) -> list[int]:
    return [2 if ord(char) > 0xFFFF else 1 for char in text]
