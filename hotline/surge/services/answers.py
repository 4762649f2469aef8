"""Answers that many may get: one of the office writes them, another passes them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.masking import find_personal
from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.base.words import clean
from hotline.catalog.models import Category
from hotline.people import services as people
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.surge.models import Canned, Surge


@transaction.atomic
def write(
    surge: Surge, *, title: str, text: str, basis: str, category: Category, by: Actor, at: datetime
) -> Canned:
    """Write one; nobody may use it before another has passed it. Raises NotAllowed, Invalid."""
    people.allow(by, P.ANSWER)
    if by.user is None:
        raise NotAllowed(_("您没有执行此操作的权限。"))
    words = clean(text, field="text")
    if find_personal(words):
        said = _("给很多人的答复里不能有个人信息（姓名、电话等），请删去。")
        raise Invalid(said, text=said)
    if category.sensitive or category.confidential:
        said = _("敏感分类不能批量答复。")
        raise Invalid(said, category=said)
    row = Canned(
        surge=surge, title=clean(title, most=60, field="title"), text=words,
        basis=clean(basis, most=200, field="basis"), category=category, by=by.user, at=at,
    )  # fmt: skip
    people.save(row, by=by, at=at, permission=P.ANSWER)
    return row


@transaction.atomic
def pass_(row: Canned, *, by: Actor, at: datetime) -> None:
    """Let it be used. Raises NotAllowed for who wrote it and who may not review, WrongState."""
    people.allow(by, P.REVIEW)
    row.refresh_from_db(from_queryset=Canned.objects.select_for_update())
    if by.user is None or row.by_id == by.user_id:
        raise NotAllowed(_("答复须由另一位工作人员审核。"))
    if row.passed_at is not None or row.withdrawn_at is not None:
        raise WrongState(_("这条答复已经审核或撤下。"))
    row.passed_by, row.passed_at = by.user, at
    people.save(row, by=by, at=at, permission=P.REVIEW)


@transaction.atomic
def withdraw(row: Canned, *, by: Actor, at: datetime) -> None:
    """Let it be used no more: by who wrote it, or who may review. Raises NotAllowed, WrongState."""
    permission = P.REVIEW if by.may(P.REVIEW) else P.ANSWER
    people.allow(by, permission)
    row.refresh_from_db(from_queryset=Canned.objects.select_for_update())
    if permission == P.ANSWER and row.by_id != by.user_id:
        raise NotAllowed(_("您没有执行此操作的权限。"))
    if row.withdrawn_at is not None:
        raise WrongState(_("这条答复已经审核或撤下。"))
    row.withdrawn_at = at
    people.save(row, by=by, at=at, permission=permission)
