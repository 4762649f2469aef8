"""Messages lose who was told and in which words; that something was sent, and how, is still counted."""

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from hotline.cases.models import Case
from hotline.notices.codes import PENDING, State, Why
from hotline.notices.models import Address, Message, Preference
from hotline.people.models import User


def erase(case: Case) -> None:
    """Of a request that is made anonymous."""
    rows = Message.objects.filter(case=case)
    rows.filter(state__in=PENDING - {State.SENDING}).update(state=State.SKIPPED, why=Why.SEALED)
    rows.update(title="", text="", params={}, carrier_id="")
    theirs = rows.filter(Q(to_requester=True) | Q(user=case.owner_id))
    theirs.update(
        user=None, who=f"c{case.pk}", to_requester=True, digest=None,
        key=Concat(Value("gone"), Cast("pk", CharField())),  # the old one ended in the account
    )  # fmt: skip


def forget_person(user: User) -> None:
    """Of an account that is going: addresses, wishes, and what it was told besides its requests."""
    Message.objects.filter(user=user).delete()
    Address.objects.filter(user=user).delete()
    Preference.objects.filter(user=user).delete()
