"""Messages lose who was told and in which words; that something was sent, and how, is still counted."""

from hotline.cases.models import Case
from hotline.notices.codes import PENDING, State, Why
from hotline.notices.models import Address, Message, Preference
from hotline.people.models import User


def erase(case: Case) -> None:
    """Of a request that is made anonymous."""
    rows = Message.objects.filter(case=case)
    rows.filter(state__in=PENDING - {State.SENDING}).update(state=State.SKIPPED, why=Why.SEALED)
    rows.update(title="", text="", params={}, carrier_id="")
    rows.filter(to_requester=True).update(user=None, who=f"c{case.pk}")


def forget_person(user: User) -> None:
    """Of an account that is going: addresses, wishes, and what it was told besides its requests."""
    Message.objects.filter(user=user).delete()
    Address.objects.filter(user=user).delete()
    Preference.objects.filter(user=user).delete()
