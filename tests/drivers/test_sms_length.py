"""A text is charged by the part, and the parts are counted as a phone would."""

import pytest

from hotline.drivers.sms_length import is_gsm, parts, parts_in_china, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("字" * 70, 1),
        ("字" * 71, 2),
        ("字" * 134, 2),
        ("字" * 135, 3),
        ("a" * 69 + "字", 1),
        ("a" * 70 + "字", 2),
        ("𬭎" * 35, 1),
        ("𬭎" * 35 + "字", 2),
        # 33 pairs fill 66 of 67: the pair that would be cut goes to the next part.
        ("𬭎" * 66, 2),
        ("𬭎" * 67, 3),
        # The escape of a € never stands at the end of a part without it.
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
    ],
)
def test_parts(text, expected):
    assert parts(text) == expected


def test_one_chinese_character_takes_the_whole_text_to_16_bits():
    assert is_gsm("Hello, 7-bit world {1}")
    assert not is_gsm("Hello, 世界")
    assert units("ab€") == 4
    assert units("ab€字") == 4
    assert units("姓名𫖯") == 4


def test_a_mainland_carrier_counts_letters_as_characters():
    assert parts("a" * 71) == 1
    assert parts_in_china("a" * 71) == 2
    assert parts_in_china("𬭎" * 36) == 2
