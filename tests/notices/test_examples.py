"""The examples of docs/notices.md, worked."""

import pytest

from hotline.notices import wording

pytestmark = pytest.mark.django_db
LONG = "三号楼二层东侧公共卫生间的水龙头一直漏水没有人来修"


def test_the_example_of_a_long_title():
    words = wording.wording("accepted", "SMS", "zh-hans")
    number = {"number": "RX2606-1234567-7"}
    bare = wording.signature() + wording.fill(words, number | {"title": ""})
    whole = wording.signature() + wording.fill(words, number | {"title": LONG})
    assert wording.length(bare) == 40
    assert f"“{LONG[:23]}…”" in whole
    assert wording.length(whole) == 66
