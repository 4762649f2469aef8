"""Every action of the desks: by noun for the addresses, by verb for the buttons."""

from hotline.doors.desk.actions import (
    crisis,
    dispatching,
    enclosing,
    instructing,
    orders,
    oversight,
    recusing,
    review,
    triage,
    unit,
)
from hotline.doors.ui.actions import Action

ON_CASES: tuple[type[Action], ...] = (
    triage.Accept, dispatching.Dispatch, triage.Answer, triage.Ask, triage.Supply,
    review.Close, review.ReturnAnswer, dispatching.Uphold, dispatching.Reassign,
    instructing.Instruct, dispatching.Rework, review.ProposeEnd, review.End, review.RecordVisit,
    triage.ProposeDecline, triage.Decline, triage.Keep, triage.Reclassify, triage.Merge,
    triage.Unmerge, dispatching.SeekInstruction, dispatching.Reopen, dispatching.Redact,
    instructing.Direct, *oversight.ACTIONS, triage.Supplement, triage.Note, triage.Hide, triage.Refer, triage.Withdraw, *enclosing.ACTIONS, *recusing.ACTIONS, *crisis.ACTIONS,
)  # fmt: skip
ON_ORDERS: tuple[type[Action], ...] = (*unit.ACTIONS, recusing.StepAsideAsUnit, *orders.ACTIONS)
CASE_ACTIONS = {action.slug: action for action in ON_CASES}
ORDER_ACTIONS = {action.slug: action for action in ON_ORDERS}


def open_to(actions: tuple[type[Action], ...], verbs: set[str]) -> list[type[Action]]:
    """The actions whose verb the law allows now, the likely ones first."""
    fitting = [action for action in actions if action.verb in verbs]
    return sorted(fitting, key=lambda action: not action.main)
