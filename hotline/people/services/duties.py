"""Parting the three administrators, and ending that: one asks, an auditor agrees."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.people import duties
from hotline.people.actor import Actor
from hotline.people.models import Role, Separation, User
from hotline.people.permissions import P
from hotline.people.services import rows

SHOWN_MOST = 5  # conflicts in a refusal; the page lists them all


def in_turn() -> None:
    """Whoever changes what people hold, or the switch itself, waits here until the other is done."""
    rows.one_at_a_time(Separation)


def refuse_together(user: User, role: Role, *, at: datetime) -> None:
    """Raises Invalid where somebody would hold what the three may not, while they are parted."""
    if not duties.is_on():
        return
    words = duties.problem(duties.held_by(user, localdate(at)) | set(role.permissions))
    if words:
        words = _("三员分立已启用：%(problem)s。") % {"problem": words}
        raise Invalid(words, role=words)


def refuse_role(role: Role, *, at: datetime) -> None:
    """Raises Invalid where a role, or somebody who holds it, would then hold what may not go together."""
    if not duties.is_on() or not role.enabled:
        return
    words = duties.problem(role.permissions)
    others = duties.held(localdate(at)) if role.pk and not words else {}
    mine = set(role.memberships.values_list("user_id", flat=True)) if others else set()
    for user, permissions in others.items():
        if user.pk in mine and not words:
            words = duties.problem(permissions | set(role.permissions))
    if words:
        words = _("三员分立已启用：%(problem)s。") % {"problem": words}
        raise Invalid(words, permissions=words)


@transaction.atomic
def turn_on(*, by: Actor, at: datetime) -> None:
    """Part the three. Raises NotAllowed, and WrongState while anything is in the way or it is on."""
    rows.allow(by, P.SECURITY)
    row = _locked()
    if row.on:
        raise WrongState(_("三员分立已经启用。"))
    found = duties.conflicts(localdate(at))
    if found:
        words = _("有 %(count)d 处冲突，更正后才能启用：%(list)s")
        listed = _("；").join(conflict.words for conflict in found[:SHOWN_MOST])
        raise WrongState(words % {"count": len(found), "list": listed})
    _write(row, by, at, permission=P.SECURITY, what="DUTIES_ON", on=True)


@transaction.atomic
def ask_off(*, by: Actor, at: datetime) -> None:
    """Ask to end it; an auditor agrees within seven days. Raises NotAllowed or WrongState."""
    permission = P.SECURITY if by.may(P.SECURITY) else P.PEOPLE
    rows.allow(by, permission)
    row = _locked()
    if not row.on or row.is_asked(at):
        raise WrongState(_("三员分立没有启用，或已有人申请停用。"))
    _write(row, by, at, permission=permission, what="DUTIES_ASK", asked_by=by.user, asked_at=at)


@transaction.atomic
def answer(agrees: bool, *, by: Actor, at: datetime) -> None:
    """An auditor agrees to end it, or does not. Raises NotAllowed or WrongState.

    Never whoever asked: that the three are parted keeps the two from being one, and this says it again.
    """
    rows.allow(by, P.LOOKS)
    row = _locked()
    if not row.is_asked(at):
        raise WrongState(_("没有待同意的停用申请，或已超过 7 天。"))
    if by.user is None or by.user_id == row.asked_by_id:
        raise NotAllowed(_("停用须由另一位审计员同意。"))
    what = "DUTIES_OFF" if agrees else "DUTIES_KEPT"
    _write(
        row, by, at, permission=P.LOOKS, what=what, on=not agrees, asked_by=None, asked_at=None
    )  # fmt: skip


def _locked() -> Separation:
    in_turn()
    row, _new = Separation.objects.get_or_create(pk=1)
    return row


def _write(
    row: Separation, by: Actor, at: datetime, *, permission: P, what: str, **values: object
) -> None:
    with rows.recorded(row, by=by, at=at, permission=permission, what=what):
        for name, value in values.items():
            setattr(row, name, value)
        rows.write(row)
