"""What identifies a person, hidden in a field and found in a text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.base.masking import (
    HIDDEN,
    find_personal,
    mask_account,
    mask_name,
    mask_phone,
    redact,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("欧阳若兰", "欧***"), ("𬭎", "𬭎*"), ("John Smith", "J. S."), ("", "")],
)
def test_a_name_keeps_its_first_character(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13912345678", "139****5678"), ("8612345", "*******"), ("", "")],
)
def test_a_phone_keeps_three_and_four_digits(phone, masked):
    assert mask_phone(phone) == masked


def test_an_account_keeps_its_year():
    assert (mask_account("202301020304"), mask_account("")) == ("2023********", "")


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("请打13912345678联系", "phone", "13912345678"),
        ("电话 139 1234 5678。", "phone", "139 1234 5678"),
        ("座机0516-83591234", "phone", "0516-83591234"),
        ("+86 13912345678", "phone", "+86 13912345678"),
        ("身份证32030119990101123X已核", "identity", "32030119990101123X"),
        ("发到 wang.li@example.edu.cn 吧", "email", "wang.li@example.edu.cn"),
        ("学号202301020304的同学", "account", "202301020304"),
        ("加微信：abc_12345", "handle", "微信：abc_12345"),
        ("住在3号楼512室", "room", "3号楼512室"),
        ("是王建国老师批的", "name", "王建国"),
        ("李老师说不行", "name", "李"),
        ("我叫欧阳若兰，大三", "name", "欧阳若兰"),
    ],
)  # fmt: skip
def test_what_may_identify_somebody_is_found(text, kind, found):
    assert (kind, found) in {(find.kind, find.text) for find in find_personal(text)}


@pytest.mark.parametrize(
    "text",
    [
        "空调坏了三天",
        "2026年6月3日12:30停水",
        "RX2606-0142-7",
        "第12号窗口排队40分钟",
        "电费涨到0.58元",
    ],
)
def test_an_ordinary_sentence_has_no_finds(text):
    assert find_personal(text) == []


def test_the_requesters_own_words_are_found_wherever_they_stand():
    text = "诉求人尉迟小满反映，尉迟小满同学的电话是13912345678"
    assert redact(text, known=["尉迟小满", "13912345678"]).count(HIDDEN) == 3


KNOWN = ["欧阳明志", "13912344321", "2023abc0001", "Li Na"]


@pytest.mark.parametrize(
    "written",
    [
        "139 1234 4321", "139-1234-4321", "+86 13912344321", "微信13912344321", "１３９１２３４４３２１", "欧阳 明志",
        "139.1234.4321", "(139)12344321", "欧\u200b阳明志", "欧阳·明志", "２０２３ABC0001", "lina", "LI  NA", "139\u20131234 4321",
    ],
)  # fmt: skip
def test_the_requesters_own_words_are_found_however_they_are_written(written):
    (find,) = find_personal(f"请联系{written}，谢谢", known=KNOWN, kinds=frozenset({"known"}))
    assert find.text in written
    shown = redact(f"请联系{written}，谢谢", known=KNOWN)
    assert shown.startswith("请联系")
    assert shown.endswith("，谢谢")
    assert not any(char in shown for char in "阳143１４aA")


def test_a_number_that_is_kept_with_its_country_is_found_without():
    assert redact("打13912344321", known=["+8613912344321"], kinds=frozenset({"known"})) == "打███"


@pytest.mark.parametrize("text", ["Catalina 路灯坏了", "桃李，明天再来", "王\n晓强", "China 餐厅"])
def test_other_words_that_only_run_together_are_no_find(text):
    known = ["Li Na", "李明", "王晓强", "Hi N"]
    assert not find_personal(text, known=known, kinds=frozenset({"known"}))


def test_some_kinds_and_some_words_can_be_left_in_place():
    text = "王建国老师让我找李明同学，住3号楼512室"
    kept = redact(text, kinds=frozenset({"name"}), spare=["李明"])
    assert kept == f"{HIDDEN}老师让我找李明同学，住3号楼512室"


def test_a_find_of_a_kind_that_is_not_looked_for_hides_none_that_is():
    text = "张三舍301漏水"
    assert [find.kind for find in find_personal(text, known=["张三"])] == ["room"]
    kept = redact(text, known=["张三"], kinds=frozenset({"known"}))
    assert kept == f"{HIDDEN}舍301漏水"


def test_what_overlaps_is_hidden_to_its_end():
    assert (
        redact("电话00000号", known=["00", "000"], kinds=frozenset({"known"})) == f"电话{HIDDEN}0号"
    )
    (find,) = find_personal("张三丰收", known=["张三", "三丰收"])
    assert (find.kind, find.text) == ("known", "张三丰收")


@given(st.text(max_size=200), st.lists(st.text(min_size=2, max_size=8), max_size=3))
def test_a_redacted_text_contains_none_of_the_known_words(text, known):
    hidden = redact(text + "".join(known), known=known)
    rest = hidden.replace(HIDDEN, "\0")
    assert all(word not in rest for word in known if "█" not in word and "\0" not in word)


@given(st.text(max_size=300))
def test_finds_never_overlap_and_lie_within_the_text(text):
    finds = find_personal(text)
    assert all(text[find.start : find.end] == find.text for find in finds)
    assert all(a.end <= b.start for a, b in pairwise(finds))
