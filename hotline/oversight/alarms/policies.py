"""Who may do what with an alarm. Being called is a key to that alarm, and to nothing behind it."""

from hotline.oversight.models import Alarm
from hotline.people.actor import Actor
from hotline.people.permissions import P


def may_see(actor: Actor, alarm: Alarm) -> bool:
    """The crisis team, whoever was called, and of a drill those who plan them."""
    if actor.user_id is None:
        return False
    if actor.may(P.CRISIS) or (alarm.is_drill and may_drill(actor)):
        return True
    return alarm.calls.filter(user=actor.user_id).exists()


def may_acknowledge(actor: Actor, alarm: Alarm) -> bool:
    """Of a drill whoever only plans it takes nothing: they are not rehearsing."""
    called = actor.user_id is not None and alarm.calls.filter(user=actor.user_id).exists()
    return actor.may(P.CRISIS) or called


def may_drill(actor: Actor) -> bool:
    """The crisis team, and whoever plans the shifts."""
    return actor.may(P.CRISIS) or actor.may(P.ROSTER)
