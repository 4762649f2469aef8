"""A request with a canary in every place that can hold words, and where it is found afterwards."""

from datetime import timedelta
from io import BytesIO

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now

from hotline.audit.models import Alert, AlertNote
from hotline.base.encrypted import EncryptedJSON, EncryptedText
from hotline.cases.codes import State
from hotline.cases.models import (
    Attachment,
    Case,
    Contact,
    CrisisFile,
    Draft,
    Event,
    Extension,
    NamedPerson,
    PetitionEntry,
    PetitionFile,
    Proposal,
    Rating,
    Recusal,
    Remark,
    Reply,
    Requester,
    SavedFilter,
    Step,
    Unmasking,
    UnmaskingEvent,
    Visit,
    VisitTry,
)
from hotline.cases.services import looking
from hotline.cases.services.files import name_of, store
from hotline.notices.models import Address, Message
from hotline.oversight.models import Instruction, InstructionNote, Supervision
from hotline.people.models import Passkey, Revision, User
from hotline.rights.models import Claim, Hold
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
    Requester.objects.filter(case=case).update(grade=WORDS, college=unit("houqin"))
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
    NamedPerson.objects.create(case=case, name=WORDS, user=an_actor("R6").user, at=at)
    Recusal.objects.create(case=case, user=an_actor("R3").user, reason=WORDS, at=at)
    Claim.objects.create(
        kind="CASE", case=case, user=owner, state="REFUSED", ground="PERIOD", words=WORDS, answer=WORDS,
        asked_at=at, undo_until=at, due_at=at,
    )  # fmt: skip
    Hold.objects.create(case=case, words=WORDS, at=at, ended_at=at)
    return case


def a_filed_canary(owner: User | None = None) -> Case:
    """The same, which had been a cry for help and went to the petition office: archives keep it."""
    case = a_canary(owner, referred_to="PETITION")
    at = case.stage_at
    CrisisFile.objects.create(case=case, title=WORDS, body=WORDS, sealed_at=at)
    file = PetitionFile.objects.create(
        case=case, state="CLOSED", register=WORDS, told=WORDS, received_at=at, ended_at=at
    )
    PetitionEntry.objects.create(file=file, verb="note", text=WORDS, by=an_actor("R10").user, at=at)
    return case


def a_known_person() -> User:
    """Somebody with a canary in everything that is kept of an account."""
    user = a_user(NAME, phone=PHONE, account=ACCOUNT, grade=WORDS)
    at = now()
    Revision.objects.create(
        kind="people.user", code=str(user.pk), data={"before": {}, "after": {}}, at=at,
        personal={"before": {"name": NAME, "phone": PHONE}, "after": {"name": NAME}},
    )  # fmt: skip
    Recusal.objects.create(person=user, user=an_actor("R3").user, reason=WORDS, at=at)
    a_correction(user)
    Claim.objects.create(
        kind="PERSON", user=user, state="REFUSED", ground="PERIOD", words=WORDS, answer=WORDS,
        asked_at=at, undo_until=at, due_at=at,
    )  # fmt: skip
    Address.objects.create(user=user, channel="EMAIL", value=WORDS)
    SavedFilter.objects.create(by=user, name=WORDS, query=WORDS)
    Passkey.objects.create(
        user=user, name=WORDS, credential=b"canary", public_key=b"canary", added_at=at
    )
    return user


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


def leads_to_owner(case: int, owner: int):
    """Tables of which a row bears both the request and the person who asked."""
    found = set()
    for model in apps.get_models():
        keys = {f.related_model: f.attname for f in model._meta.concrete_fields if f.is_relation}
        if Case not in keys or not model.__module__.startswith("hotline."):
            continue
        for field in (f for f in model._meta.concrete_fields if f.related_model is User):
            rows = model._default_manager.filter(**{keys[Case]: case, field.attname: owner})
            found |= {f"{model._meta.label}.{field.name}"} if rows.exists() else set()
    return found


# --- Every column that can hold words ------------------------------------------------------

ABOUT_SOMEBODY = {"cases.Case", "cases.Requester", "people.User"}
WORDED = (
    models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField, EncryptedText,
    EncryptedJSON,
)  # fmt: skip


def leads_to_somebody(model, passed=()):
    """Does a path of keys lead from this table to a request or a person?"""
    if model._meta.label in ABOUT_SOMEBODY:
        return True
    ahead = {f.related_model for f in model._meta.concrete_fields if f.is_relation}
    return any(leads_to_somebody(other, (*passed, model)) for other in ahead if other not in passed)


def columns_for_words():
    """Each column of a table about somebody in which words could stand; closed lists cannot."""
    return {
        f"{model._meta.label}.{field.attname}"
        for model in apps.get_models()
        if model.__module__.startswith("hotline.") and leads_to_somebody(model)
        for field in model._meta.concrete_fields
        if isinstance(field, WORDED) and not field.choices
    }


CODE = "a code of ours, never typed by anybody"
FILED = "the number that it is filed under"
HASH = "a hash or a secret that nobody reads as words; goes with its row or says nothing"
HOUSE = "what the house publishes or sets, for all"
SIGNED = "signed: digests, moments, ids and counts, no words"
STAFF = "of staff in their work, tied to no request"
KEPT = {  # every other column of the kind, and why nothing needs to leave it
    "people.User.password": HASH, "people.Membership.categories": HOUSE,
    "people.Revision.kind": CODE, "people.Revision.code": CODE,
    "people.Revision.data": "what administration changed, personal parts stand in another column",
    "people.Device.key_hash": HASH, "people.Tries.who": HASH, "people.Tries.place": HASH,
    "people.Authenticator.secret": HASH, "people.RecoveryCode.code_hash": HASH, "people.PastPassword.hash": HASH,
    "people.Passkey.credential": HASH, "people.Passkey.public_key": HASH,
    "people.SignIn.session_key": HASH, "people.SignIn.browser": CODE, "people.SignIn.system": CODE,
    "people.SignIn.place": "a network, deleted with the account",
    "catalog.Publication.data": HOUSE, "catalog.Publication.note": HOUSE,
    **dict.fromkeys((f"catalog.PrivacyNotice.{x}" for x in (
        "version", "text", "text_en", "spoken", "spoken_en", "change", "change_en")), HOUSE),
    "roster.Swap.words": STAFF, "roster.SwapStep.verb": CODE, "roster.Handover.open_items": CODE,
    "roster.Handover.notes": STAFF,
    "cases.Case.number": FILED, "cases.Case.legacy_number": FILED, "cases.Case.privacy_notice": CODE,
    "cases.Case.code_hash": HASH,
    "cases.Extension.reason": CODE, "cases.Clock.stage": CODE, "cases.Clock.limit": CODE, "cases.ClockPause.reason": CODE,
    "cases.Step.verb": CODE, "cases.Step.reason": CODE, "cases.Step.facts": "codes, moments and numbers of rows",
    "cases.Proposal.verb": CODE, "cases.Proposal.reason": CODE, "cases.Consent.notice": CODE, "cases.NoticeRead.version": CODE,
    **dict.fromkeys((f"cases.Attachment.{x}" for x in ("key", "mime", "extension", "sha256", "finding")),
                    "goes with its row"),
    "cases.Look.cases": "numbers of rows", "cases.Look.viewer": CODE, "cases.Look.fields": CODE,
    "cases.Look.sought": "a keyed hash, which a test of its own follows", "cases.Look.facts": CODE,
    "cases.PetitionEntry.verb": CODE, "cases.Unmasking.fields": CODE, "cases.Draft.form": CODE,
    **dict.fromkeys((f"notices.Message.{x}" for x in (
        "key", "who", "purpose", "template", "language", "ladder", "error", "gateway")), CODE),
    "notices.Message.carrier_id": "the carrier's number, which a test of its own follows",
    "notices.Attempt.code": CODE, "notices.Attempt.gateway": CODE,
    "notices.Preference.off": CODE, "notices.Preference.language": CODE,
    "oversight.AlarmCall.phone": STAFF, "oversight.Instruction.number": FILED,
    "oversight.Supervision.number": FILED, "oversight.Supervision.reason": CODE, "audit.Alert.key": CODE,
    **dict.fromkeys((f"audit.Erasure.{x}" for x in ("table", "body", "digest", "signature", "touched")), SIGNED),
    **dict.fromkeys((f"surge.Surge.{x}" for x in ("title", "title_en", "text", "text_en", "link")), HOUSE),
    **dict.fromkeys((f"surge.Canned.{x}" for x in ("title", "text", "basis")),
                    "an answer for all: it is refused where it names anybody"),
    "rights.Export.key": HASH,
    **dict.fromkeys((f"rights.Certificate.{x}" for x in ("body", "digest", "signature")), SIGNED),
}  # fmt: skip
