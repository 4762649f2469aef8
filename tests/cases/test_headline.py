"""The title of a request whose writer gave none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.cases.headline import MOST_LATIN, entitle, headline


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("老师您好，我叫李小雨，学号 202311001234，三号楼的热水从昨晚就没有了。请处理", "三号楼的热水从昨晚就没有了"),
        ("您好！我的电话是13912345678。校园卡丢了，去哪里补办？", "校园卡丢了，去哪里补办"),
        ("食堂贵。希望多几个便宜的菜", "食堂贵，希望多几个便宜的菜"),
        ("李小雨的宿舍空调坏了，三号楼的空调都坏了", "三号楼的空调都坏了"),
        ("Dear sir, my name is Ann. The shower on floor 2 is cold since Monday.", "The shower on floor 2 is cold since Monday"),
        ("我叫王五，电话13912345678", ""),
    ],
)  # fmt: skip
def test_it_says_what_the_matter_is_and_not_who_writes(body, title):
    assert headline(body, known=["李小雨"]) == title


def test_a_short_latin_name_is_not_looked_for_inside_words():
    assert entitle("Lights broken in library", "", known=["Li"]) == "Lights broken in library"
    assert entitle("Li asks: lights broken", "", known=["Li"]) == "lights broken"


@given(
    body=st.text(max_size=200),
    known=st.lists(st.text("张王李0123", min_size=2, max_size=6), max_size=2),
)
def test_it_is_short_on_one_line_and_tells_nothing_known(body, known):
    title = headline(body, known=known)
    assert len(title) <= MOST_LATIN
    assert "\n" not in title
    assert not any(word.strip() and word in title for word in known)
