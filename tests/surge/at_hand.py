"""A surge that is on, and requests about it."""

from datetime import timedelta

from hotline.cases.codes import Mode, State
from hotline.cases.services.given import Words
from hotline.surge.models import Member
from hotline.surge.services import answers, joining, switch
from hotline.surge.services.switch import Plan
from tests.make import NOON, a_case, a_requester, an_actor, category, type_

BODY = "六号楼从今天早上起一直停水，什么时候恢复？"


def a_plan(**more):
    fields = {
        "title": "六号楼停水", "text": "正在抢修，每小时更新。", "until": NOON + timedelta(hours=6),
        "title_en": "No water in building 6", "text_en": "Being repaired.",
    }  # fmt: skip
    return Plan(**fields | more)


def a_surge(*, at=NOON, **more):
    return switch.turn_on(a_plan(**more), by=an_actor("R4"), at=at)


def words(**more):
    fields = {"body": BODY, "type": type_("ZX"), "category": category(), "mode": Mode.NAMED}
    return Words(**fields | more)


def asked(surge, *, at=NOON, by=None, **more):
    """Somebody submits a request and says that it is about it."""
    by = by or a_requester()
    return joining.submit(words(**more), about=surge.pk, by=by, at=at).case


def a_lead(surge, by=None):
    case = a_case(State.ACCEPTED, body=BODY)
    switch.name_lead(surge, case, by=by or an_actor("R3"), at=NOON)
    return case


def an_answer(surge, *, passed=True, by=None):
    made = answers.write(
        surge, title="停水说明", text="预计今晚八点恢复供水。", basis="后勤通知第 3 号",
        category=category(), by=by or an_actor("R3"), at=NOON,
    )  # fmt: skip
    if passed:
        answers.pass_(made, by=an_actor("R4"), at=NOON)
    return made


def belongs(case):
    return Member.objects.filter(case=case, out_at=None).exists()
