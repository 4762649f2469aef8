"""Who may do what with an alarm. Being called is a key to that alarm, and to nothing behind it."""

from hotline.cases.policies import is_requester
from hotline.cases.recusal import keeps_away
from hotline.oversight.models import Alarm
from hotline.people.actor import Actor
from hotline.people.permissions import P


def may_see(actor: Actor, alarm: Alarm) -> bool:
    """The crisis team, whoever was called and still plans the shifts, and of a drill all who do."""
    return may_acknowledge(actor, alarm) or (alarm.is_drill and may_drill(actor))


def may_acknowledge(actor: Actor, alarm: Alarm) -> bool:
    """Not their own, none that names them, and not by whoever has left since: a call is no key for ever.

    Of a drill whoever only plans it takes nothing: they are not rehearsing.
    """
    if actor.user_id is None or _is_own(actor, alarm):
        return False
    if actor.may(P.CRISIS):
        return True
    return actor.may(P.ROSTER) and alarm.calls.filter(user=actor.user_id).exists()


def _is_own(actor: Actor, alarm: Alarm) -> bool:
    case = alarm.case
    return case is not None and (is_requester(actor, case) or keeps_away(actor, case))


def may_drill(actor: Actor) -> bool:
    """The crisis team, and whoever plans the shifts."""
    return actor.may(P.CRISIS) or actor.may(P.ROSTER)
