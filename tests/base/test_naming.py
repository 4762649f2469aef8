"""Names as people write them mean whom they mean."""

import pytest

from hotline.base.naming import meant, usual

STAFF = [(1, "2023000012", "王晓强"), (2, "2023000013", "王晓"), (3, "T001", "John Smith")]


@pytest.mark.parametrize(
    "written",
    [
        "王晓强", "王晓强老师", "王 晓强", "王　晓强", "信息中心王晓强", "王晓强（热线办）", "王晓强(热线办)副主任", "财务处王晓强科长",
        "【热线办】王晓强",
    ],
)  # fmt: skip
def test_a_name_stands_alone_without_title_office_and_spaces(written):
    assert usual(written) == "王晓强"
    assert meant(written, STAFF) == {1}


@pytest.mark.parametrize(
    "written", ["2023000012", "２０２３００００１２", "2023 0000 12", "工号2023000012 13900001111"]
)
def test_a_number_is_found_however_it_is_written(written):
    assert meant(written, STAFF) == {1}


def test_a_number_within_a_longer_one_is_another():
    assert meant("12023000012", STAFF) == set()
    assert meant("T0012", STAFF) == set()
    assert meant("ｔ001", STAFF) == {3}


def test_of_names_within_others_the_longest_is_meant_and_all_who_share_it():
    assert meant("王晓强和王晓", [*STAFF, (4, "5", "王晓强")]) == {1, 4}
    assert meant("王晓处长", STAFF) == {2}
    assert meant("JOHN  smith", STAFF) == {3}
    assert meant("李四", STAFF) == set()


@pytest.mark.parametrize("name", ["王老师", "老师", "张处长", "（）", "王", "欧阳科"])
def test_what_is_no_more_than_a_title_stays_what_it_is(name):
    assert usual(name) == name
