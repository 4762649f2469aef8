"""What the demo shows of closed rooms: complaints about the hotline office, at every stage."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hotline.cases.codes import Channel, Mode, State
from hotline.cases.models import Case, PetitionFile
from hotline.cases.services import (
    dispatching,
    enclosing,
    handling,
    intake,
    petitions,
    recusing,
    triage,
)
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Person, Words
from hotline.catalog.models import Category, RequestType, Urgency
from hotline.doors.console.demo.life import Beats
from hotline.doors.console.demo.people import Cast
from hotline.people.actor import Actor
from hotline.people.queries import actor_of
from hotline.worktime.clock import day_of

ABOUT_OFFICE = (  # title, text; the last waits to be accepted
    (
        "电话没接通就显示已回访",
        "上周的诉求显示“已回访、满意”，可我没有接到任何电话，也没有评价过。请核实是谁登记的。",
    ),
    (
        "值班电话两次被挂断",
        "周三晚上打热线反映宿舍停水，说到一半被挂断，再打又被挂断，态度很不耐烦。",
    ),
    (
        "反映的问题被转给了当事人",
        "我在热线反映食堂窗口，第二天窗口负责人就知道是我说的。请查一查信息是怎么传出去的。",
    ),
)
REQUESTS = len(ABOUT_OFFICE)
NOTED = "已与诉求人面谈，材料齐全，转责任单位核查。"
OPINION = (
    "经核查，反映事项部分属实，责任单位已整改并向您说明。如不服，可自收到之日起 30 日内请求复查。"
)
KEEPS_AWAY = "配偶在教务部任职"
LEFT = "诉求人是本人的亲属"
NOT_ABOUT = "经核对，您打的是后勤报修电话，不是热线，可否交热线办按普通诉求办理？"
ASKED = "请调取话务记录核实，并约谈当事人员。"
COPY = ("值班电话被挂断", "诉求人反映值班电话两次被挂断、接听态度不耐烦，请核实。")


def lives_of(cast: Cast, *, until: datetime) -> Iterator[Beats]:
    """Complaints about the office: one whose requester is asked, one at a unit, one that is new."""
    day = day_of(until)
    receiver, clerk, teacher, student = (
        actor_of(cast.named[who], on=day) for who in ("supervisor", "clerk", "teacher", "student")
    )
    at = until - timedelta(days=2)
    yield _asked(teacher, receiver, at)
    yield _at_a_unit(student, receiver, cast, at + timedelta(minutes=40))
    yield _registered(clerk, until - timedelta(hours=3))


def _asked(owner: Actor, receiver: Actor, at: datetime) -> Beats:
    yield at
    case = intake.submit(_words(0), by=owner, at=at).case
    yield (at := at + timedelta(hours=2))
    enclosing.ask_to_open(case, words=NOT_ABOUT, by=receiver, at=at)
    _of_demo(case)


def _at_a_unit(owner: Actor, receiver: Actor, cast: Cast, at: datetime) -> Beats:
    yield at
    case = intake.submit(_words(1), by=owner, at=at).case
    yield (at := at + timedelta(hours=1))
    triage.accept(
        case, category=Category.objects.get(code="L306"), type=RequestType.objects.get(code="TS"),
        urgency=Urgency.objects.get(code="U2"), by=receiver, at=at,
    )  # fmt: skip
    orders = Orders(cast.units["renshi"], opinion=ASKED, shown_title=COPY[0], shown_body=COPY[1])
    order = dispatching.dispatch(case, orders, by=receiver, at=at)
    yield (at := at + timedelta(hours=1))
    handling.sign(order, by=cast.contacts["renshi"][0], at=at)
    _of_demo(case)


def _registered(clerk: Actor, at: datetime) -> Beats:
    yield at
    words = _words(2, mode=Mode.ANONYMOUS, channel=Channel.PHONE)
    _of_demo(intake.submit(words, by=clerk, at=at, person=Person()).case)


def _of_demo(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(is_demo=True)


def _words(nth: int, **more: object) -> Words:
    title, body = ABOUT_OFFICE[nth]
    words = Words(
        body=body, title=title, type=RequestType.objects.get(code="TS"), mode=Mode.CONFIDENTIAL,
        about_office=True,
    )  # fmt: skip
    for name, value in more.items():
        setattr(words, name, value)
    return words


def keep_away(cast: Cast, *, until: datetime) -> None:
    """A standing recusal, a request that names its unit's contact, and one that a clerk has left."""
    day = day_of(until)
    manager, clerk = (actor_of(cast.named[who], on=day) for who in ("manager", "clerk"))
    at, late = until - timedelta(hours=2), until - timedelta(seconds=30)
    recusing.keep_away(
        cast.named["deputy"], unit=cast.units["jiaowu"], words=KEEPS_AWAY, by=manager, at=at
    )
    open_ = Case.objects.filter(seal="", is_demo=True)
    for case in open_.filter(state=State.IN_PROGRESS, lead_unit__code="houqin").order_by("-id")[:1]:
        recusing.name_people(case, names=cast.named["houqin"].account, by=clerk, at=late)
    for case in open_.filter(state=State.SUBMITTED, flagged=False).order_by("-id")[:1]:
        other = cast.office["R3"][-1]
        recusing.step_aside(case, words=LEFT, by=other, at=late)
    _petitions(actor_of(cast.named["petition"], on=day), until)


def _petitions(office: Actor, until: datetime) -> None:
    """Of the latest files one is new, one registered, one accepted; the others are over."""
    files = PetitionFile.objects.filter(case__is_demo=True).order_by("-received_at")
    for nth, file in enumerate(files.select_related("case")):
        at = min(file.received_at + timedelta(hours=20), until - timedelta(minutes=5))
        if nth > 0:
            petitions.register(file, number=f"信访〔{at.year}〕{nth}号", by=office, at=at)
        if nth > 1:
            petitions.accept(file, by=office, at=at + timedelta(minutes=1))
            petitions.note(file, words=NOTED, by=office, at=at + timedelta(minutes=2))
        if nth > 2:
            petitions.close(file, words=OPINION, by=office, at=at + timedelta(minutes=3))
