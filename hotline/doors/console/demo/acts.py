"""What a unit does with an order, one act each: sign, assign, get in touch, bring in others."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from hotline.cases.codes import Means, OrderState, Reached
from hotline.cases.models import WorkOrder
from hotline.cases.services import dispatching, handling
from hotline.cases.services.handling import Answer
from hotline.cases.services.turn import live_orders
from hotline.doors.console.demo import deciding, hearing, wording
from hotline.doors.console.demo.life import Beats, Life
from hotline.people.actor import Actor
from hotline.people.models import Unit

Act = Callable[[], None]
ASTRAY = {  # where a clerk may send a request by mistake, by the unit it belongs to
    "houqin": ("xuegong", "jijian", "guozi"), "xuegong": ("houqin", "xueyuan", "jiaowu"),
    "baowei": ("houqin", "xuegong", "xinxi"), "jiaowu": ("xueyuan", "yanjiusheng", "xinxi"),
    "xinxi": ("jiaowu", "tushuguan", "houqin"), "caiwu": ("xuegong", "renshi", "guozi"),
    "jijian": ("houqin", "guozi", "baowei"), "guozi": ("houqin", "jijian", "caiwu"),
    "yanjiusheng": ("jiaowu", "xueyuan", "keyan"), "renshi": ("caiwu", "gonghui", "keyan"),
}  # fmt: skip
SECTIONS = {  # which section of a unit a category goes to
    "F1": "houqin-yinshi", "H103": "houqin-gongyu", "H201": "houqin-dongli", "H202": "houqin-dongli",
    "H203": "houqin-dongli", "H204": "houqin-weixiu", "H205": "houqin-huanjing",
    "T101": "houqin-cheliang", "T104": "houqin-weixiu", "T106": "houqin-huanjing",
    "L201": "xuegong-zizhu", "H101": "xuegong-gongyu", "H102": "xuegong-gongyu",
    "H104": "xuegong-gongyu", "L202": "xuegong-wuzhuang",
}  # fmt: skip


def acts_of(life: Life) -> list[Act]:
    """What happens between the dispatch and the answer, in order."""
    plan = life.plan
    others = plan.joint or plan.calls_in
    order: tuple[tuple[bool, Callable[[Life], None]], ...] = (
        (life.order.state == OrderState.SENT, sign),
        (plan.assign, assign),
        (plan.calls_in, call_in),
        (others, sign_joint),
        (True, contact),
        (plan.supplement, hearing.supplement),
        (plan.supplement and life.case.hides_requester, deciding.release_supplement),
        (plan.urge, hearing.urge),
        (plan.interim, interim),
        (others, answer_joint),
        (plan.unit_note, note),
    )
    plan.assign = plan.calls_in = plan.joint = plan.supplement = False  # once is enough
    plan.urge = plan.interim = plan.unit_note = False
    return [partial(act, life) for wanted, act in order if wanted]


def promptly(life: Life) -> Beats:
    """Signed, passed on and the requester called within the hour: for a life that stops there."""
    for act in acts_of(life):
        yield life.later(4, 25, life.rhythm_of(life.lead))
        act()


def spread(life: Life, acts: list[Act], until: datetime) -> Beats:
    """Do these things one after the other, at moments of the unit's hours up to ``until``."""
    rhythm = life.rhythm_of(life.lead)
    for at, act in zip(rhythm.spread(life.now, until, len(acts) + 1, life.rng), acts, strict=False):
        yield life.at(at)
        act()


# --- One act each ------------------------------------------------------------------------


def sign(life: Life) -> None:
    handling.sign(life.order, by=life.contact(life.lead), at=life.now)


def assign(life: Life) -> None:
    """To the section whose work it is, where the unit has one (二级转派)."""
    section = section_of(life)
    if section is not None:
        by = life.contact(life.lead)
        handling.assign(life.order, by=by, at=life.now, section=section)


def section_of(life: Life) -> Unit | None:
    code = SECTIONS.get(life.category.code) or SECTIONS.get(life.category.code[:2])
    section = life.world.cast.units.get(code or "")
    return section if section and section.parent_id == life.order.unit_id else None


def worker(life: Life) -> Actor:
    """Who does the work of the lead order: the section's contact, once it has been passed on."""
    return life.contact(life.section or life.lead)


def contact(life: Life) -> None:
    means = life.rng.choice((Means.PHONE, Means.PHONE, Means.PLATFORM, Means.SITE))
    if life.case.hides_requester or not life.person.phone:
        means = Means.SITE if life.place and life.chance(0.5) else Means.PLATFORM
    handling.contact(
        life.order, means=means, reached=Reached.YES, by=worker(life), at=life.now,
        words=wording.phrase(life, f"contact_{means.lower()}"),
    )  # fmt: skip


def interim(life: Life) -> None:
    words = wording.phrase(life, "interim")
    handling.interim(life.order, words=words, by=worker(life), at=life.now)


def note(life: Life) -> None:
    words = wording.phrase(life, "unit_note")
    handling.note(life.order, words=words, by=worker(life), at=life.now)


def joint_orders(life: Life) -> list[WorkOrder]:
    return [order for order in live_orders(life.case) if not order.is_lead]


def call_in(life: Life) -> None:
    """The lead brings in another unit itself (首接负责)."""
    unit = stray(life, life.lead, *life.joint)
    words = wording.phrase(life, "joint_opinion")
    dispatching.add_joint(
        life.order, units=[unit], words=words, by=life.contact(life.lead), at=life.now
    )


def sign_joint(life: Life) -> None:
    """The joint units sign; one of them may show that it has nothing to do with the matter."""
    for nth, order in enumerate(joint_orders(life)):
        by = life.contact(life.world.unit(order.unit_id))
        if life.plan.joint_returns and nth == 0:
            words = wording.phrase(life, "joint_return")
            handling.send_back(order, reason="TD03", words=words, by=by, at=life.now)
        elif order.state == OrderState.SENT:
            handling.sign(order, by=by, at=life.now)


def answer_joint(life: Life) -> None:
    """The joint units give their part to the lead; a return is decided first."""
    for order in joint_orders(life):
        if order.state == OrderState.RETURN_REVIEW:
            words = wording.phrase(life, "release")
            dispatching.decide_joint(order, agree=True, words=words, by=life.manager, at=life.now)
        elif order.state == OrderState.HANDLING:
            text = wording.phrase(life, "joint_reply")
            handling.reply(
                order, Answer(text), by=life.contact(life.world.unit(order.unit_id)), at=life.now
            )


def stray(life: Life, *but: Unit) -> Unit:
    """A unit that the request could be taken for the business of."""
    codes = ASTRAY.get(life.unit.code, ("houqin", "xuegong", "jiaowu"))
    units = [life.world.cast.units[code] for code in codes]
    fit = [u for u in units if u not in (life.unit, life.case.target_unit, *but)]
    return life.rng.choice(fit)
