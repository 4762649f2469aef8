"""Putting facts right: what may be asked for, and how it is done once it was granted.

A phone is the person's own and changed by them; what the campus directory says the office decides.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.base.words import one_line
from hotline.cases.services import correcting as cases
from hotline.cases.services import recusing
from hotline.people.actor import Actor
from hotline.people.models import Kind, Unit, User
from hotline.people.services import accounts
from hotline.rights.models import Claim, Fact

LONGEST = {Fact.NAME: 60, Fact.ACCOUNT: 40, Fact.KIND: 15, Fact.COLLEGE: 40}


@transaction.atomic
def change_phone(user: User, phone: str, *, by: Actor, at: datetime) -> None:
    """Somebody's own number, on the account and on their requests under way. Raises NotAllowed or Invalid."""
    number, was = one_line(phone, most=20, field="phone"), user.phone or ""
    accounts.change_phone(user, number, by=by, at=at)
    cases.carry(user, "phone", was=was, now=number)


def current(user: User, fact: Fact) -> str:
    """What we have, as it is stored: codes of units and kinds."""
    if fact == Fact.COLLEGE:
        return user.college.code if user.college else ""
    return str(getattr(user, fact.lower()))


def checked(user: User, fact: str, text: str) -> str:
    """What a fact may be put right to, cleaned. Whether it is another's number is not told.

    Raises Invalid.
    """
    if fact not in Fact:
        raise Invalid(_("没有这一项。"))
    value = one_line(text, most=LONGEST[Fact(fact)], field="wanted")
    words = _wrong(user, Fact(fact), value)
    if words:
        raise Invalid(words, wanted=words)
    return value


def _wrong(user: User, fact: Fact, value: str) -> str:
    if not value:
        return _("请填写正确的内容。")
    if value == current(user, fact):
        return _("与现在的内容相同。")
    if fact == Fact.ACCOUNT and " " in value:
        return _("学号/工号中不能有空格。")
    known = fact != Fact.KIND or value in Kind
    if fact == Fact.COLLEGE:
        known = Unit.objects.filter(code=value, enabled=True).exists()
    return "" if known else _("请从列表中选择。")


@transaction.atomic
def apply(claim: Claim, user: User, *, by: Actor, at: datetime) -> None:
    """Change the account, and the requests under way, as the claim says. Raises NotAllowed or Invalid."""
    fact = Fact(claim.fact)
    was = current(user, fact)
    value = Unit.objects.get(code=claim.wanted) if fact == Fact.COLLEGE else claim.wanted
    if fact in {Fact.NAME, Fact.ACCOUNT}:
        recusing.bind([user.pk])
    accounts.correct(user, fact.lower(), value, by=by, at=at)
    cases.carry(user, fact.lower(), was=was, now=claim.wanted)
