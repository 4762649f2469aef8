"""A form becomes one sentence to the house; what stands in the way becomes words in the form."""

from collections.abc import Callable
from typing import Any

from hotline.base.refusals import Refusal, Stale
from hotline.doors.desk.admin import history
from hotline.doors.ui.forms import HouseForm, carry
from hotline.people import queries


def outcome(form: HouseForm, act: Callable[[], Any]) -> int:
    """Carry a form out if it is whole: 200, else the status of the refusal that it now shows."""
    if not form.is_valid():
        return 422
    try:
        act()
    except Stale as refusal:
        _look_again(form)
        form.refuse(refusal)
        return refusal.status
    except Refusal as refusal:
        form.refuse(refusal)
        return refusal.status
    return 200


def _look_again(form: Any) -> None:
    """After a stale form: what has been changed since, and a form that now stands on that.

    A form of many small rows says itself by ``latest`` on which change it may stand.
    """
    if hasattr(form, "latest"):
        stand_on(form, form.latest())
        return
    changes = queries.changes_of(form.instance).filter(id__gt=form.version)
    form.meanwhile = history.lines(list(changes))
    stand_on(form, queries.latest_change(form.instance))


def stand_on(form: HouseForm, change: int) -> None:
    """Let what was typed stand on this change: sent once more, it is no longer stale."""
    carry(form, "seen", str(change))
