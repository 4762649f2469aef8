"""Every verb of the law stands in the table, and every message it names has words that fit."""

from pathlib import Path

import pytest

from hotline.cases.moves import MOVES
from hotline.notices import audience, wording
from hotline.notices.audience import AUDIENCE, Nobody, told_of
from hotline.notices.codes import CARRIED, Channel
from tools.audience import lines


def test_every_verb_of_the_law_has_its_line():
    assert set(MOVES) <= set(AUDIENCE)


def test_a_verb_that_is_not_in_the_table_tells_nobody():
    assert told_of("a verb of tomorrow") == ()


def test_whoever_tells_nobody_says_why():
    assert all(row.because for row in AUDIENCE.values() if isinstance(row, Nobody))


def test_every_line_names_words_that_there_are():
    for telling in [t for row in AUDIENCE.values() if not isinstance(row, Nobody) for t in row]:
        spec = wording.specs()[telling.template]
        assert spec.to_requester == (telling.whom is audience.Whom.REQUESTER), telling
        assert telling.ladder


def test_nothing_of_a_crisis_names_a_title():
    for code in ("crisis_sign", "crisis_alarm", "crisis_over", "order_called_off", "referral"):
        assert "title" not in wording.specs()[code].variables


@pytest.mark.django_db
@pytest.mark.parametrize("code", wording.specs())
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_shipped_words_pass_what_the_editor_asks_of_a_school(code, language):
    spec = wording.specs()[code]
    for channel in spec.channels:
        _title, text = spec.words[channel, language]
        wording.check(spec, channel, text.replace("\n", " "))
    assert Channel.WECHAT not in spec.channels or spec.to_requester
    assert set(spec.channels) <= set(CARRIED)


def test_a_rung_of_the_ladder_says_itself_who_is_told():
    told = told_of("supervise", ["CONTACT", "OFFICE", "LEADER"])
    assert [t.whom for t in told] == [
        audience.Whom.UNIT,
        audience.Whom.DECIDE,
        audience.Whom.LEADERS,
    ]
    assert {t.template for t in told} == {"supervised"}
    assert told_of("dispatch", ["LEADER"]) == told_of("dispatch")


def test_the_documents_table_is_the_programs():
    written = (Path(__file__).resolve().parents[2] / "docs" / "notices.md").read_text()
    assert written.endswith("".join(lines())), "run: python tools/audience.py"
