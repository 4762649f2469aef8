"""A request with a canary in every place that can hold words, and where it is found afterwards."""

from datetime import timedelta
from io import BytesIO

from django.apps import apps
from django.utils.timezone import now

from hotline.audit.models import Alert, AlertNote
from hotline.cases.codes import State
from hotline.cases.models import (
    Attachment,
    Case,
    Contact,
    Draft,
    Event,
    Extension,
    Proposal,
    Rating,
    Remark,
    Reply,
    Requester,
    Step,
    Unmasking,
    UnmaskingEvent,
    Visit,
    VisitTry,
)
from hotline.cases.services import looking
from hotline.cases.services.files import name_of, store
from hotline.notices.models import Message
from hotline.oversight.models import Instruction, InstructionNote, Supervision
from hotline.people.models import User
from hotline.rights.models import Claim
from tests.make import a_case, a_user, an_actor, unit

NAME, PHONE, ACCOUNT, WORDS = "卡纳瑞若", "13955550123", "S2023000777", "金丝雀说的话"
CANARIES = (NAME, PHONE, ACCOUNT, WORDS)


def a_canary(owner: User | None = None, **fields) -> Case:
    """A request that is over, and everything that was ever said of it."""
    at = now() - timedelta(days=60)
    owner = owner or a_user(NAME, phone=PHONE, account=ACCOUNT)
    clerk = an_actor("R3")
    case = a_case(
        State.ARCHIVED, owner=owner, at=at, title=WORDS, body=WORDS, shown_title=WORDS, shown_body=WORDS,
        answer=f"{NAME}您好，{WORDS}", basis=WORDS, place_detail=WORDS, city_number=WORDS, **fields,
    )  # fmt: skip
    Requester.objects.filter(case=case).update(grade="2023", college=unit("houqin"))
    order = case.orders.get()
    order.opinion = WORDS
    order.save()
    for seq, (verb, by) in enumerate(
        (("submit", owner), ("decline", clerk.user), ("rate", owner)), 1
    ):
        Step.objects.create(
            case=case, seq=seq, verb=verb, before="ARCHIVED", after="ARCHIVED", side="OFFICE", at=at, by=by,
            text=WORDS if verb == "decline" else "",
        )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(version=3)
    Event.objects.create(title=WORDS, master=case, at=at)
    for kind in ("SUPPLEMENT", "NOTE", "UNIT_NOTE"):
        Remark.objects.create(case=case, kind=kind, text=WORDS, shown=WORDS, by=owner, at=at)
    Rating.objects.create(case=case, round=1, result="DISSATISFIED", words=WORDS, source="REQUESTER", by=owner, at=at)  # fmt: skip
    Contact.objects.create(order=order, means="PLATFORM", reached="YES", words=WORDS, at=at)
    Reply.objects.create(order=order, text=WORDS, internal=WORDS, at=at)
    Extension.objects.create(
        order=order, reason="YQ01", text=WORDS, interim=WORDS, decision=WORDS, old_due_at=at, new_due_at=at,
        at=at, granted=True,
    )  # fmt: skip
    Proposal.objects.create(case=case, verb="decline", text=WORDS, at=at, accepted=False)
    visit = Visit.objects.create(case=case, round=1, why="SAMPLE", state="DONE", due_at=at)
    VisitTry.objects.create(visit=visit, reached=True, words=WORDS, at=at)
    Draft.objects.create(case=case, by=clerk.user, form="dispatches", data={"words": WORDS}, at=at)
    asked = Unmasking.objects.create(
        case=case, by=clerk.user, at=at, fields=["name"], purpose="CONTACT", words=WORDS, two=True
    )
    UnmaskingEvent.objects.create(unmasking=asked, verb="REFUSE", at=at, words=WORDS)
    alert = Alert.objects.create(
        key=f"canary{case.pk}", kind="NIGHT", by=clerk.user, case=case, since=at, until=at, count=1, most=1, at=at,
    )  # fmt: skip
    AlertNote.objects.create(alert=alert, by=an_actor("R13A").user, at=at, words=WORDS)
    looking.searched(PHONE, [case.pk], by=clerk, at=at)
    for user, key, mine in ((owner, "a", True), (clerk.user, "b", False)):
        Message.objects.create(
            key=f"{key}{case.pk}", case=case, user=user, who=f"u{user.pk}", to_requester=mine, purpose="accept",
            template="accepted", title=WORDS, text=WORDS, params={"title": WORDS}, channel="SMS",
            state="DELIVERED", created_at=at, carrier_id="x",
        )  # fmt: skip
    photo = _file(case, at, inner=True)
    _file(case, at)
    slip = {"unit": unit("houqin"), "level": 1, "reason": "DB01", "opened_at": at, "due_at": at}
    Supervision.objects.create(
        number=f"DB{case.pk}", case=case, state="DISCHARGED", requirement=WORDS, feedback=WORDS,
        opinion=WORDS, discharge=WORDS, discharged_at=at, **slip,
    )  # fmt: skip
    paper = Instruction.objects.create(
        number=f"PS{case.pk}", case=case, leader=an_actor("R8").user, registered_by=clerk.user, came="PAPER",
        written_on=at.date(), text=WORDS, photo=photo, lead=unit("houqin"), state="CLOSED", given_at=at,
        result=WORDS, closing=WORDS, closed_at=at,
    )  # fmt: skip
    InstructionNote.objects.create(instruction=paper, words=WORDS, by=clerk.user, at=at)
    return case


def _file(case, at, **fields):
    row = Attachment.objects.create(
        case=case, key=f"{case.pk}{len(fields)}".ljust(43, "k"), name=f"{NAME}.pdf", mime="application/pdf",
        extension="pdf", size=9, state="READY", at=at, by=case.owner, **fields,
    )  # fmt: skip
    store().keep(name_of(row), BytesIO(f"%PDF {WORDS}".encode()))
    return row


def a_correction(user: User) -> Claim:
    """A wish that waits, and one that was refused, with a canary in every word."""
    at = now() - timedelta(days=20)
    rest = {"kind": "CORRECT", "user": user, "wanted": NAME, "words": WORDS, "asked_at": at, "undo_until": at, "due_at": at}  # fmt: skip
    Claim.objects.create(fact="NAME", state="REFUSED", answer=f"{NAME}：{WORDS}", **rest)
    return Claim.objects.create(fact="NAME", **rest)


def traces(canaries=CANARIES):
    """Every table and column of ours, encrypted ones opened, in which a canary stands."""
    found = set()
    for model in apps.get_models():
        if not model.__module__.startswith(
            ("hotline.", "procrastinate.", "django.contrib.sessions")
        ):
            continue
        for row in model._default_manager.values():
            for column, value in row.items():
                if any(canary in str(value) for canary in canaries):
                    found.add(f"{model._meta.label}.{column}")
    return found
