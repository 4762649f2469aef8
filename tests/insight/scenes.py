"""Lives of requests, one function each, told through the services at moments of their own."""

from datetime import datetime, timedelta

from hotline.base import jobs
from hotline.cases.services import (
    aftercare,
    crisis,
    dispatching,
    handling,
    intake,
    merging,
    triage,
)
from hotline.cases.services.aftercare import CHECKLIST, Opinion
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Words
from hotline.cases.services.handling import Answer
from hotline.people.actor import SYSTEM
from hotline.worktime.clock import ZONE
from tests.make import a_requester, an_actor, category, type_, unit, urgency

GOOD = Opinion(result="SATISFIED", contacted=True, solved="YES", attitude="SATISFIED")
FAIR = Opinion(result="FAIR", contacted=True, solved="PARTLY", attitude="FAIR")
BAD = Opinion(result="DISSATISFIED", contacted=True, solved="NO", attitude="FAIR", words="没解决")
MONDAY = datetime(2026, 1, 26, 9, 0, tzinfo=ZONE)


class Cast:
    """Everybody who acts, once for all scenes."""

    def __init__(self):
        self.student = a_requester()
        self.clerk, self.boss, self.second = an_actor("R3"), an_actor("R4"), an_actor("R4")
        self.leader, self.team, self.caller = an_actor("R8"), an_actor("R12"), an_actor("R2")
        self.units = {code: an_actor("R6", of=code) for code in ("houqin", "baowei", "jijian")}


class Road:
    """One request on its way, and a clock that goes on by hours."""

    def __init__(self, cast, at, **words):
        self.cast, self.at = cast, at
        words.setdefault("channel", "PHONE")
        said = Words(body="三号楼二层的水龙头一直漏水，报修两次没有人来。", **words)
        self.case = intake.submit(said, by=cast.student, at=at).case

    @classmethod
    def accepted(cls, cast, at, *, of="H204", kind="QZ", **words):
        road = cls(cast, at, **words)
        return road.accept(of=of, kind=kind)

    def after(self, hours):
        self.at += timedelta(hours=hours)
        return self.at

    @property
    def order(self):
        order = self.case.orders.filter(part="LEAD").order_by("-id").first()
        order.case = self.case
        return order

    @property
    def unit(self):
        return self.cast.units[self.order.unit.code]

    def accept(self, *, of="H204", kind="QZ", hours=0.5):
        triage.accept(
            self.case, category=category(of), type=type_(kind), urgency=urgency("U3"),
            by=self.cast.clerk, at=self.after(hours),
        )  # fmt: skip
        return self

    def dispatch(self, *, to="houqin", joint=(), hours=0.5):
        orders = Orders(unit(to), joint=[unit(code) for code in joint], shown_title="漏水", shown_body="漏水")  # fmt: skip
        dispatching.dispatch(self.case, orders, by=self.cast.clerk, at=self.after(hours))
        return self

    def sign(self, hours=2):
        handling.sign(self.order, by=self.unit, at=self.after(hours))
        handling.interim(self.order, words="已安排人员。", by=self.unit, at=self.at)
        return self

    def close(self, hours=5):
        answer = Answer("已更换龙头。", "RESOLVED", without_parts=True)
        handling.reply(self.order, answer, by=self.unit, at=self.after(hours))
        aftercare.close(self.case, checked=CHECKLIST, by=self.cast.boss, at=self.after(1))
        return self

    def rate(self, opinion=GOOD, hours=20):
        aftercare.rate(self.case, opinion, by=self.cast.student, at=self.after(hours))
        return self

    def rework(self, hours=10):
        dispatching.rework(
            self.case, reason="CB05", words="请彻底检修", by=self.cast.boss, at=self.after(hours)
        )
        return self

    def until(self, days):
        return (self.at + timedelta(days=days)).date()


# --- Heard, and not yet or never sent ----------------------------------------------------


def submitted(cast, at):
    Road(cast, at, channel="WEB")


def waiting_for_facts(cast, at):
    road = Road(cast, at)
    triage.ask(road.case, words="请补充房间号", by=cast.clerk, at=road.after(1))


def facts_never_came(cast, at):
    road = Road(cast, at)
    triage.ask(road.case, words="请补充房间号", by=cast.clerk, at=road.after(1))
    triage.expire(road.case, by=SYSTEM, at=road.after(96))


def refused(cast, at):
    road = Road(cast, at)
    triage.decline(road.case, reason="BS05", words="不属于学校", by=cast.clerk, at=road.after(2))


def accepted(cast, at):
    Road.accepted(cast, at, of="L301")


def asked_and_answered_at_once(cast, at):
    road = Road.accepted(cast, at, of="L302", kind="ZX", channel="MINI")
    triage.answer(road.case, words="可以", basis="办法第三条", by=cast.clerk, at=road.after(1))
    road.rate(FAIR, 3)


def withdrawn(cast, at):
    road = Road.accepted(cast, at).dispatch()
    intake.withdraw(road.case, reason="CH01", by=cast.student, at=road.after(30))


def overdue_and_then_withdrawn(cast, at):
    road = Road.accepted(cast, at).dispatch().sign()
    intake.withdraw(road.case, reason="CH02", by=cast.student, at=road.after(24 * 9))
    aftercare.archive(road.case, by=SYSTEM, at=road.after(24 * 7))


def referred(cast, at, to="PETITION"):
    road = Road.accepted(cast, at, of="L104", mode="CONFIDENTIAL")
    triage.refer(
        road.case, to=to, reason="BS02", words="转有权机关", by=cast.boss, at=road.after(5)
    )


def referred_to_discipline(cast, at):
    referred(cast, at, to="DISCIPLINE")


# --- Handled -----------------------------------------------------------------------------


def satisfied(cast, at):
    Road.accepted(cast, at).dispatch(joint=["jijian"]).sign().close().rate()


def praised(cast, at):
    Road.accepted(cast, at, kind="BY").dispatch().sign().close().rate()


def unrated(cast, at):
    road = Road.accepted(cast, at, of="F102", channel="LETTER").dispatch().sign().close(30)
    aftercare.lapse(road.case, by=SYSTEM, at=road.after(24 * 7))


def answer_sent_back(cast, at):
    road = Road.accepted(cast, at).dispatch().sign()
    handling.reply(road.order, Answer("已办。", "RESOLVED"), by=road.unit, at=road.after(5))
    aftercare.return_answer(
        road.case, reason="CB02", words="不清楚", by=cast.boss, at=road.after(2)
    )
    road.close(30).rate()


def late(cast, at):
    Road.accepted(cast, at).dispatch().sign().close(24 * 8).rate(FAIR)


def overdue(cast, at):
    Road.accepted(cast, at).dispatch().sign()


def facts_asked_and_supplied(cast, at):
    road = Road(cast, at)
    triage.ask(road.case, words="请补充房间号", by=cast.clerk, at=road.after(1))
    intake.supply(road.case, words="三号楼二层 204", by=cast.student, at=road.after(21.26))
    road.accept().dispatch().sign().close().rate()


def suspended_for_a_while(cast, at):
    road = Road.accepted(cast, at).dispatch().sign()
    order = road.order
    handling.suspend(
        order, reason="GQ03", words="封闭", until=road.until(9), by=cast.boss, at=road.after(4)
    )
    handling.resume(order, by=cast.boss, at=road.after(24 * 8))
    road.close().rate()


def suspended_still(cast, at):
    road = Road.accepted(cast, at).dispatch().sign()
    handling.suspend(
        road.order,
        reason="GQ03",
        words="封闭",
        until=road.until(25),
        by=cast.boss,
        at=road.after(4),
    )


def suspended_too_late(cast, at):
    road = Road.accepted(cast, at).dispatch().sign()
    order, when = road.order, road.after(24 * 6)
    handling.suspend(order, reason="GQ03", words="封", until=road.until(9), by=cast.boss, at=when)
    handling.resume(order, by=cast.boss, at=road.after(24 * 7))
    road.close()


def extended(cast, at, decided=3, closed=24 * 6):
    road = Road.accepted(cast, at).dispatch().sign()
    order = road.order
    handling.ask_extension(
        order, reason="YQ01", words="采购", interim="在采购", until=(order.due_at + timedelta(5)).date(),
        by=road.unit, at=road.after(20),
    )  # fmt: skip
    handling.decide_extension(order, grant=True, words="", by=cast.boss, at=road.after(decided))
    road.close(closed).rate()


def extended_too_late(cast, at):
    extended(cast, at, decided=24 * 6, closed=5)


def returned(cast, at):
    road = Road.accepted(cast, at).dispatch()
    handling.send_back(
        road.order, reason="TD01", words="不归", suggested=unit("jijian"), by=road.unit, at=road.after(4)
    )  # fmt: skip
    dispatching.reassign(
        road.case, to=unit("jijian"), words="改派", by=cast.boss, at=road.after(20)
    )
    road.sign().close().rate()


def returned_in_vain(cast, at):
    road = Road.accepted(cast, at).dispatch()
    handling.send_back(road.order, reason="TD03", words="不清", by=road.unit, at=road.after(20))
    dispatching.uphold(road.case, words="归你", by=cast.boss, at=road.after(30))
    road.sign().close(24 * 7)


def returned_when_late_in_vain(cast, at):
    road = Road.accepted(cast, at).dispatch()
    handling.send_back(
        road.order, reason="TD03", words="不清", by=road.unit, at=road.after(24 * 12)
    )
    dispatching.uphold(road.case, words="归你", by=cast.boss, at=road.after(24 * 13))
    road.sign().close(24 * 14)


def returned_when_late(cast, at):
    road = Road.accepted(cast, at).dispatch()
    handling.send_back(
        road.order, reason="TD03", words="不清", by=road.unit, at=road.after(24 * 12)
    )
    dispatching.reassign(
        road.case, to=unit("jijian"), words="改派", by=cast.boss, at=road.after(24 * 13)
    )
    road.sign().close(24 * 14).rate()


def returned_and_not_decided(cast, at):
    road = Road.accepted(cast, at).dispatch()
    handling.send_back(road.order, reason="TD03", words="不清", by=road.unit, at=road.after(4))


def instructed(cast, at):
    road = Road.accepted(cast, at, channel="LEADER")
    dispatching.seek_instruction(road.case, words="政策空白", by=cast.boss, at=road.after(3))
    dispatching.instruct(
        road.case, Orders(unit("baowei")), words="速办", due=road.until(12), by=cast.leader, at=road.after(30)
    )  # fmt: skip
    road.sign().close(24 * 4).rate()


# --- More than one round -----------------------------------------------------------------


def reworked(cast, at):
    Road.accepted(cast, at).dispatch().sign().close().rate(BAD).rework().sign().close(40).rate()


def reworked_with_a_pause(cast, at):
    road = Road.accepted(cast, at).dispatch().sign().close(50).rate(BAD, 100).rework().sign()
    order = road.order
    handling.suspend(order, reason="GQ03", words="封", until=road.until(9), by=cast.boss, at=road.after(1))  # fmt: skip
    handling.resume(order, by=cast.boss, at=road.after(100))
    road.close(40)


def reworked_still(cast, at):
    Road.accepted(cast, at).dispatch().sign().close().rate(BAD).rework()


def contested_and_put_before_the_leader(cast, at):
    road = Road.accepted(cast, at).dispatch().sign().close().rate(BAD)
    dispatching.seek_instruction(road.case, words="僵局", by=cast.boss, at=road.after(9))
    dispatching.instruct(
        road.case, Orders(unit("jijian")), words="改由基建办", due=None, by=cast.leader, at=road.after(60)
    )  # fmt: skip
    road.sign().close(24 * 3)


def explained(cast, at):
    road = Road.accepted(cast, at).dispatch().sign().close().rate(BAD)
    aftercare.propose_end(road.case, words="政策不允许", by=cast.boss, at=road.after(5))
    aftercare.end(road.case, words="同意", by=cast.second, at=road.after(5))


def reopened(cast, at):
    road = Road.accepted(cast, at, of="F102").dispatch().sign().close().rate()
    dispatching.reopen(road.case, words="又坏了", by=cast.boss, at=road.after(24 * 12))
    road.sign().close(30).rate(FAIR)


def reopened_still(cast, at):
    road = Road.accepted(cast, at).dispatch().sign().close().rate()
    dispatching.reopen(
        road.case, words="又坏了", to=unit("baowei"), by=cast.boss, at=road.after(24 * 12)
    )


def called_back(cast, at, opinion=GOOD):
    road = Road.accepted(cast, at, kind="TS").dispatch().sign().close()
    visit = road.case.visits.get(state="PENDING")
    aftercare.record_visit(
        visit, reached=True, words="还行", opinion=opinion, by=cast.caller, at=road.after(24)
    )


def called_back_in_vain(cast, at):
    called_back(cast, at, opinion=BAD)


# --- Beside the road ---------------------------------------------------------------------


def merged(cast, at):
    master = Road.accepted(cast, at).dispatch().sign()
    children = [Road.accepted(cast, at + timedelta(hours=n), channel="WEB") for n in (1, 2, 3)]
    for child in children:
        merging.merge(child.case, into=master.case, reason="BD02", by=cast.clerk, at=child.after(2))
    merging.unmerge(children[2].case, words="不同", by=cast.clerk, at=children[2].after(9))
    master.close(30).rate()
    merging.close_merged(master.case, at=master.after(0))
    child = children[0]
    child.case.refresh_from_db()
    child.at = master.at
    child.rate(BAD)


def cried_for_help(cast, at):
    road = Road(cast, at)
    crisis.alarm(road.case, by=cast.clerk, at=road.after(0.2))


def stood_down(cast, at):
    calmed(cast, Road.accepted(cast, at).dispatch())


def stood_down_after_an_answer(cast, at):
    calmed(cast, Road.accepted(cast, at).dispatch().sign().close().rate())


def stood_down_after_a_withdrawal(cast, at):
    road = Road.accepted(cast, at).dispatch()
    intake.withdraw(road.case, reason="CH01", by=cast.student, at=road.after(9))
    calmed(cast, road)


def calmed(cast, road):
    crisis.alarm(road.case, by=cast.clerk, at=road.after(2))
    crisis.stand_down(
        road.case, title="漏水", remaining="水龙头漏水。", by=cast.team, at=road.after(50)
    )
    triage.reclassify(
        road.case, category=category("H203"), type=type_(), urgency=urgency("U2"), by=cast.clerk, at=road.after(1)
    )  # fmt: skip
    road.dispatch(to="jijian").sign().close(24 * 2).rate()


SCENES = [
    value
    for name, value in list(globals().items())
    if getattr(value, "__module__", "") == __name__ and name.islower() and value is not calmed
]


def play(cast):
    """Every scene on a Monday, an hour and a quarter apart, and every other one weeks later."""
    later = MONDAY + timedelta(days=24, hours=7.5)
    with jobs.quiet():
        for start, scenes in ((MONDAY, SCENES), (later, SCENES[::2])):
            for number, scene in enumerate(scenes):
                scene(cast, start + timedelta(hours=1.25 * number))
