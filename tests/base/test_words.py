"""Text as people type it."""

import pytest

from hotline.base.refusals import Invalid
from hotline.base.words import clean, one_line, shorten


def test_line_ends_are_one_character_and_control_characters_go():
    assert clean("  甲\r\n乙\r丙\x00\x07丁\t戊 ") == "甲\n乙\n丙丁\t戊"


def test_characters_outside_the_bmp_stay_whole_and_count_once():
    text = "𬭎" * 80
    assert clean(text, most=80) == text
    assert shorten("𫖯" * 50, 10) == "𫖯" * 9 + "…"


def test_a_text_that_is_too_long_is_refused_beside_its_field():
    with pytest.raises(Invalid) as refusal:
        clean("长" * 10_001, field="body")
    assert "10001" in str(refusal.value.fields["body"])


def test_a_title_is_one_line():
    assert shorten("甲\n乙  丙", 10) == "甲 乙 丙"


def test_what_has_to_stand_on_one_line_is_not_cut_but_refused_when_it_is_too_long():
    assert one_line("T\r\nX:\u2028 y\x00 ", most=9, field="title") == "T X: y"
    with pytest.raises(Invalid) as refusal:
        one_line("长\n" * 10, most=18, field="title")
    assert set(refusal.value.fields) == {"title"}
