"""受理编号: written, read back, and hard to get wrong over the telephone."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.cases import access
from hotline.cases.numbers import check_digit, month_of, read, written
from hotline.worktime.clock import ZONE

months = st.integers(0, 99).flatmap(lambda y: st.integers(1, 12).map(lambda m: f"{y:02d}{m:02d}"))


def test_the_check_digit_is_that_of_the_standards_own_example():
    assert check_digit("0794") == 5  # ISO/IEC 7064, MOD 11,10


@given(months, st.integers(1, 9_999_999))
def test_a_number_is_read_back_as_it_was_written(month, sequence):
    number = written(month, sequence)
    assert read(number) == number
    assert read(number.lower().replace("-", "")) == number
    assert read(f"  {number.replace('-', ' ')} ") == number


@given(months, st.integers(1, 999_999), st.data())
def test_one_wrong_digit_is_always_noticed(month, sequence, data):
    number = written(month, sequence)
    places = [i for i, c in enumerate(number) if c.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert read(number[:place] + digit + number[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "RX", "2606-0142", "RX2606-0142-0", "AB2606-0142-7", "１２"])
def test_what_is_no_number_is_not_read_as_one(text):
    assert read(text) is None


def test_the_month_is_the_schools_and_not_greenwichs():
    assert month_of(datetime(2026, 6, 1, 0, 30, tzinfo=ZONE)) == "2606"


def test_a_code_opens_its_own_request_and_no_other_however_it_is_typed():
    code = access.new_code()
    kept = access.hashed("RX2606-0001-1", code)
    assert access.opens("RX2606-0001-1", code.lower().replace("-", " "), kept)
    assert not access.opens("RX2606-0002-9", code, kept)
    assert not access.opens("RX2606-0001-1", access.new_code(), kept)
    assert not access.opens("RX2606-0001-1", "", "")
    assert code.replace("-", "") not in kept
