"""What may happen to a request, and how likely each of it is."""

from typing import Any

from hotline.cases.codes import Score
from hotline.doors.console.demo.life import Plan, World
from hotline.doors.console.demo.texts import Ask

RARE: tuple[dict[str, Any], ...] = (  # what chance alone might leave out, once in some hundred
    {"bounces": 2}, {"upheld": True}, {"joint": True, "joint_returns": True}, {"calls_in": True},
    {"extension": "granted"}, {"extension": "refused"}, {"suspended": True}, {"hide": True},
    {"head": True, "head_returns": True}, {"reopened": True},
    {"promised": True, "reopened": True, "rating": ""},
    {"rating": Score.DISSATISFIED, "ended": True},
    {"rating": Score.DISSATISFIED, "ended": True, "end_refused": True},
)  # fmt: skip
DIRECT = 0.85  # of the questions that have a known answer
VISIBLE = ("F", "H1", "H2", "T1", "T204", "L105")  # what somebody may take a photo of
FAST, SLOW = 0.76, 0.135  # within a day, within three; the rest takes longer


def plan(world: World, ask: Ask) -> Plan:
    """What will happen to an ordinary request, drawn point by point."""
    chance = world.chance
    has_joint = bool(ask.joint) or bool(world.shelf.duty(ask.category).joint)
    return Plan(
        hours=hours(world),
        late=chance(0.035),
        direct=bool(ask.basis) and ask.t == "ZX" and chance(DIRECT),
        draft=chance(0.05),
        info=chance(0.04),
        note=chance(0.04),
        reclassify=chance(0.02),
        joint=bool(ask.joint) or (has_joint and chance(0.3)),
        joint_returns=chance(0.04),
        bounces=2 if chance(0.003) else int(chance(0.03)),
        upheld=chance(0.006),
        assign=chance(0.35),
        interim=chance(0.05),
        unit_note=chance(0.05),
        supplement=chance(0.07),
        urge=chance(0.05),
        hide=chance(0.012),
        extension=("granted" if chance(0.8) else "refused") if chance(0.014) else "",
        suspended=chance(0.007),
        head=chance(0.06),
        head_returns=chance(0.08),
        audit_returns=chance(0.03),
        rating=rating(world, ask),
        ended=chance(0.25),
        reopened=chance(0.002),
        photo=ask.category.startswith(VISIBLE) and ask.t in {"QZ", "TS", "YJ"} and chance(0.09),
    )


def hours(world: World) -> float:
    """Natural hours to the answer: most within a day, few of them long."""
    draw = world.rng.random()
    if draw < FAST:
        return world.rng.triangular(0.7, 15, 2)
    if draw < FAST + SLOW:
        return world.rng.triangular(22, 62, 27)
    return world.rng.triangular(70, 112, 76)


def rating(world: World, ask: Ask) -> str:
    """What the requester says of the answer by themselves; nothing, more often than not."""
    if not world.chance(0.15 if ask.t == "BY" else 0.37):
        return ""
    weights = (80, 16, 4) if ask.t in {"TS", "JB"} else (86, 12, 2)
    return str(world.rng.choices((Score.SATISFIED, Score.FAIR, Score.DISSATISFIED), weights)[0])


def rare(world: World, ask: Ask, found: dict[str, Any]) -> Plan:
    """A plan in which this happens, and little else."""
    usual: dict[str, Any] = {"hours": hours(world), "rating": rating(world, ask)}
    return Plan(**(usual | found))
