"""The sheet between two shifts (交接班): the leaving person writes, the arriving one signs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.base.words import clean
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.roster import queries
from hotline.roster.models import Handover, Post

NEAR = timedelta(hours=2)  # how long before and after a shift its person may still hand over


def may_write(post: Post, by: Actor, at: datetime) -> bool:
    """Whoever sits on the post, or has just, and whoever plans it."""
    near = queries.between(at - NEAR, at + timedelta(microseconds=1))
    return by.may(P.ROSTER) or near.filter(post=post, user=by.user_id).exists()


def may_sign(sheet: Handover, by: Actor, at: datetime) -> bool:
    """Whoever sits on the post now, or will soon: never the writer."""
    if sheet.signed_at is not None or by.user_id in {None, sheet.written_by_id}:
        return False
    near = queries.between(at, at + NEAR).filter(post=sheet.post, user=by.user_id)
    return near.exists()


def write(
    post: Post, *, open_items: Mapping[str, Any], notes: str, by: Actor, at: datetime
) -> Handover:
    """Write a sheet. ``open_items`` hold numbers and counts only. Raises NotAllowed or Invalid."""
    if by.user is None or not may_write(post, by, at):
        raise NotAllowed(_("只有本班次的值班人员可以填写交接单。"))
    notes = clean(notes, field="notes")
    if not notes:
        raise Invalid(
            _("请填写交接事项；没有时写“无”。"), notes=_("请填写交接事项；没有时写“无”。")
        )
    return Handover.objects.create(
        post=post, open_items=dict(open_items), notes=notes, written_by=by.user, written_at=at
    )


def sign(sheet: Handover, *, by: Actor, at: datetime) -> None:
    """The arriving person has read it. Raises WrongState when it is signed, and NotAllowed."""
    with transaction.atomic():
        sheet.refresh_from_db(from_queryset=Handover.objects.select_for_update())
        if sheet.signed_at is not None:
            raise WrongState(_("这份交接单已经签收。"))
        if not may_sign(sheet, by, at):
            raise NotAllowed(_("交接单由接班人员签收，不能由填写人自己签收。"))
        sheet.signed_by, sheet.signed_at = by.user, at
        sheet.save(update_fields=["signed_by", "signed_at"])
