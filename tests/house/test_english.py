"""English pages are English: every text has its translation, and no page keeps a Chinese word.

People's own words, the switch back to Chinese and the mark of the brand are all that may be
Chinese on an English page. Here the words of people are English, so nothing else is left.
"""

import re
from collections import Counter
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.db.models.functions import Left
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate, now

from hotline.cases.codes import Mode, Part, State
from hotline.cases.models import (
    Attachment,
    Case,
    CrisisFile,
    Extension,
    Presence,
    Proposal,
    Rating,
    Remark,
    Reply,
    SavedFilter,
    Step,
    Visit,
    VisitTry,
)
from hotline.cases.models.record import RemarkKind, Side
from hotline.cases.services.files import store
from hotline.cases.timeline import LABELS
from hotline.catalog import models as catalog
from hotline.catalog import shelf
from hotline.doors.desk import actions
from hotline.doors.desk.admin.registers import REGISTERS
from hotline.doors.desk.admin.views.history import KINDS
from hotline.oversight.models import Rung
from hotline.people.models import Membership, Role, Unit, User
from hotline.roster.models import Post
from tests.doors.addresses import addresses, routes
from tests.doors.people import signed_in
from tests.make import BEGAN, a_case, a_user, an_order, category, holder, type_, unit
from tools import messages

CATALOGUE = Path(messages.SOURCE) / "locale" / "en" / "LC_MESSAGES" / "django.po"
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
MAY_STAY = re.compile(
    r'<(button|td|p|div|textarea|output)\b[^>]* lang="zh-Hans"[^>]*>.*?</\1>|<input\b[^>]* lang="zh-Hans"[^>]*>|<span class="brand-mark"[^>]*>师</span>',
    re.DOTALL,
)

# --- The catalogue -----------------------------------------------------------------------


def translated():
    """Every text with its translations: two where there is a plural."""
    with CATALOGUE.open("rb") as source:
        for message in read_po(source, locale="en"):
            if message.id:
                one = isinstance(message.id, str)
                texts, words = ((message.id,), (message.string,)) if one else (message.id, message.string)  # fmt: skip
                yield message.context, texts, words


def test_every_text_that_a_person_sees_is_translated_and_none_is_left_over():
    assert messages.bring_up("en", messages.collect(), check=True) == []


def test_a_translation_fills_in_the_same_as_its_text_and_is_not_chinese():
    for _context, texts, words in translated():
        for one in words:
            assert sorted(PLACEHOLDER.findall(one)) == sorted(PLACEHOLDER.findall(texts[0])), texts
            assert not CHINESE.search(one), texts


def test_the_program_speaks_as_the_catalogue_says():
    """It reads the compiled catalogue, which ``make install`` brings up to date."""
    with translation.override("en"):
        for context, texts, words in translated():
            if len(texts) == 1:
                said = translation.pgettext(context, texts[0]) if context else translation.gettext(texts[0])  # fmt: skip
                assert said == words[0]


@pytest.mark.django_db
def test_all_that_is_delivered_has_an_english_name():
    for model in (Unit, Role, catalog.Aspect, catalog.Branch, catalog.Category, catalog.Urgency,
                  catalog.RequestType, catalog.Reason, catalog.SpecialCode):  # fmt: skip
        assert not model.objects.filter(name_en="").exists(), model
    assert not catalog.Reason.objects.filter(needs_en="").exclude(needs="").exists()
    assert not catalog.RequestType.objects.filter(help_en="").exclude(help="").exists()


def test_what_django_itself_says_is_in_the_language_of_the_page():
    said = translation.gettext_lazy("This field is required.")
    with translation.override("zh-hans"):
        assert CHINESE.search(str(said))
    with translation.override("en"):
        assert str(said) == "This field is required."


# --- The scene ---------------------------------------------------------------------------

WORDS = {
    "title": "The tap drips", "body": "The tap in room 210 has been dripping for a week.",
    "shown_title": "A tap drips", "shown_body": "A tap has been dripping for a week.",
    "answer": "The tap was replaced.",
}  # fmt: skip


def somebody(*roles, name, of=None):
    """One person with several roles, whose page is in English."""
    user = holder(roles[0], of=of, name=name)
    for code in roles[1:]:
        role = Role.objects.get(code=code)
        Membership.objects.create(
            user=user, role=role, unit=unit(of) if of else None, from_date=BEGAN
        )
    return user


@pytest.fixture
def scene():
    """A request with all that may hang on one, and one more in every state."""
    at = now() - timedelta(hours=5)
    campus = catalog.Place.objects.create(code="east", name="东校区", name_en="East campus")
    place = catalog.Place.objects.create(code="e3", name="3号楼", name_en="House 3", campus=campus)
    owner = a_user("Ann Lee", account="S2023000777", college=unit("tiyu"), grade="2023")
    whole = a_case(
        State.IN_PROGRESS, owner=owner, mode=Mode.CONFIDENTIAL, at=at, type=type_("TS"),
        category=category("F102"), place=place, place_detail="second floor", flagged=True,
        target_unit=unit("caiwu"), city_number="C1", basis="Rule 7", outcome="PLANNED", round=2,
        promise_date=localdate() + timedelta(days=9), closed_at=at, first_closed_at=at,
        urgency=category("H201").urgency, promised_at=at, **WORDS,
    )  # fmt: skip
    _furnish(whole, owner, at)
    others = []
    for state in State:
        into = whole if state == State.MERGED else None
        others.append(a_case(state, owner=owner, at=at, merged_into=into, **WORDS))
    Case.objects.update(**WORDS)  # the factory makes some more
    User.objects.filter(name="张三").update(name="Ian Reed")
    Post.objects.update(note="What it is for")
    for state in ("READY", "PENDING"):
        _file(others[-1], state, "image/jpeg", at)
    CrisisFile.objects.create(
        case=next(c for c in others if c.state == State.CRISIS), title="T", body="B", sealed_at=at
    )
    return whole, others


def _furnish(case, owner, at):
    person = holder("R5", of="houqin", name="Bob Stone")
    lead = case.orders.get()
    lead.opinion, lead.assignee = "Please look at it", person
    lead.section = Unit.objects.filter(parent=lead.unit).first()
    lead.save()
    joint = an_order(case, unit="jijian", part=Part.JOINT, at=at, opinion="Please help")
    for order in (lead, joint):
        Reply.objects.create(
            order=order, text="Done.", internal="For you", outcome="PLANNED", by=person, at=at,
            promise_date=at.date(),
        )  # fmt: skip
    Extension.objects.create(
        order=lead, reason="YQ02", text="Parts", interim="Parts are ordered", by=person, at=at,
        old_due_at=at, new_due_at=at + timedelta(days=2),
    )  # fmt: skip
    for kind in RemarkKind:
        Remark.objects.create(
            case=case, kind=kind, text="Words", at=at, by=person,
            order=lead if kind == "UNIT_NOTE" else None,
        )  # fmt: skip
    sides = list(Side)
    for seq, verb in enumerate(LABELS):
        Step.objects.create(
            case=case, order=lead, seq=seq, verb=verb, before="IN_PROGRESS", after="IN_PROGRESS",
            side=sides[seq % len(sides)], by=person, at=at, reason="TD01", text="Words",
        )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(version=len(LABELS))
    _end(case, owner, person, at)


def _end(case, owner, person, at):
    Proposal.objects.create(case=case, verb="decline", text="Not ours", by=person, at=at)
    visit = Visit.objects.create(case=case, round=1, why="COMPLAINT", due_at=at)
    VisitTry.objects.create(visit=visit, reached=False, words="Busy", by=person, at=at)
    for round_, result in enumerate(("SATISFIED", "FAIR", "DISSATISFIED"), start=1):
        Rating.objects.create(
            case=case, round=round_, result=result, words="Well", source="REQUESTER", by=owner,
            at=at - timedelta(days=9),
        )  # fmt: skip
    Presence.objects.create(case=case, user=person, at=now())
    _file(case, "READY", "application/pdf", at)


def _file(case, state, kind, at):
    row = Attachment.objects.create(
        case=case, key=f"{case.pk}{state}{kind}".ljust(43, "k")[:43].replace("/", "k"), name="tap",
        mime=kind, extension="jpg", size=9, state=state, at=at,
    )  # fmt: skip
    store().keep(row.key, BytesIO(b"a photo"))


# --- The pages ---------------------------------------------------------------------------

COHORTS = ("received", "accepted", "closed", "open", "closed_in", "within_1", "due", "rated")
QUERIES = {
    "desk:cases": ["?q=tap&state=CLOSED", "?sort=due&time=late"],
    "desk:caller": ["?account=S2023000777"],
    "desk:figures": [f"?by={by}&clock=working" for by in ("unit", "category", "channel")],
    "desk:figures_list": [f"?cohort={name}" for name in COHORTS],
    "desk:presence": ["?version=77"], "desk:order_presence": ["?version=77"],
    "portal:pick": ["?word=water", "?word=zzz"],
}  # fmt: skip
ENDS = {"ui:sign_out", "ui:language"}
SLUGS = {  # of the actions on orders each door has its own
    "desk:act_on_order": {action.slug for action in actions.orders.ACTIONS},
    "desk:unit_act": {action.slug for action in actions.unit.ACTIONS},
}


def english(user=None):
    client = signed_in(user) if user else Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def left_in(response):
    """The Chinese that stands in a page, a sheet, or the name of a file; without what may."""
    assert response.status_code < 500 or response["Content-Type"] == "application/json"  # /readyz
    body = response.getvalue()
    kind, name = response.get("Content-Type", ""), response.get("Content-Disposition", "")
    if "spreadsheet" in kind:
        with ZipFile(BytesIO(body)) as book:
            body = b"".join(book.read(part) for part in book.namelist() if "theme" not in part)
    elif not kind.startswith("text/html"):
        body = b""
    text = MAY_STAY.sub("", body.decode())
    return set(CHINESE.findall(text + unquote(name)))


def desk_pages(case, others):
    for name, path in addresses(case):
        told = path.split("/")[-2] in SLUGS[name] if name in SLUGS else True
        if told and not name.startswith("desk:admin"):
            yield from ((name, path + query) for query in ["", *QUERIES.get(name, [])])
    for order in case.orders.all():
        yield "desk:order", f"/unit/orders/{order.pk}/"
        yield "desk:unit_act", f"/unit/orders/{order.pk}/replies/"
    for other in others:
        if other.number:
            yield "desk:case", f"/desk/cases/{other.number}/"
            yield "portal:request", f"/requests/{other.number}/"


def untranslated(client, pages):
    """Where Chinese is left: each address opened, and its form sent empty."""
    found, closed = {}, Counter()
    for name, path in pages:
        if closed[name] > 2:  # one page that says "not found" is as good as a hundred
            continue
        answers = [client.get(path)]
        closed[name] += answers[0].status_code == 404
        if answers[0].status_code != 404 and name not in ENDS and "?" not in path:
            answers.append(client.post(path, {}))
        if answers[-1].status_code == 302:
            answers.append(client.get(path))  # says what has been done
        if words := set().union(*map(left_in, answers)):
            found[f"{name} {path}"] = words
    return found


OFFICE = ("R4", "R2", "R3", "R8", "R9", "R10", "R11", "R12", "R14")
PEOPLE = {
    "a stranger": lambda case: None,
    "the requester": lambda case: case.owner,
    "the office": lambda case: somebody(*OFFICE, name="Cy Dale"),
    "the lead unit": lambda case: somebody("R6", "R5", of="houqin", name="Di Moss"),
    "a joint unit": lambda case: somebody("R5", of="jijian", name="Ed Pine"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_in_english_keeps_a_chinese_word(who, scene):
    case, others = scene
    user = PEOPLE[who](case)
    if user:
        SavedFilter.objects.create(by=user, name="Mine", query="q=tap")
    assert untranslated(english(user), list(desk_pages(case, others))) == {}


@pytest.mark.django_db
def test_nor_do_the_first_page_of_all_and_the_sight_of_danger():
    client = english()
    look = client.post("/requests/new/look/", {"body": "I want to kill myself"})
    assert b"12356" in look.content
    for response in (look, client.get("/first-run/"), client.get("/none/"), client.post("/start/")):
        assert left_in(response) == set()


# --- The administration ------------------------------------------------------------------


def all_in_english():
    """Of data that is administered the Chinese is a text to work on: make it English."""
    for model in (Unit, Role, catalog.Aspect, catalog.Branch, catalog.Category, catalog.Urgency,
                  catalog.RequestType, catalog.Reason, catalog.SpecialCode, catalog.Place, Rung):  # fmt: skip
        model.objects.update(name=Left("name_en", 80))
    Unit.objects.update(short=Left("name_en", 40), duty="Its duty")
    Role.objects.update(duty="Its duty")
    catalog.Aspect.objects.update(title=Left("name_en", 40))
    catalog.Category.objects.update(aliases=["one", "two"])
    catalog.UnitRule.objects.update(words=["three", "four"])
    catalog.Urgency.objects.update(rule="A rule")
    catalog.SpecialCode.objects.update(rule="A rule")
    catalog.RequestType.objects.update(help=Left("help_en", 80))
    catalog.Reason.objects.update(needs=Left("needs_en", 80))
    shelf.forget()


def admin_pages(account, membership):
    codes = {"units": "houqin", "roles": "R5", "categories": "L105", "memberships": str(membership), "accounts": str(account)}  # fmt: skip
    tables = {slug: register.model.objects.first() for slug, register in REGISTERS.items()}
    fill = {
        "desk:admin_unit": ["houqin"], "desk:admin_appoint": ["houqin"], "desk:admin_new_section": ["houqin"],
        "desk:admin_role": ["R5"], "desk:admin_category": ["L105"], "desk:admin_entry": ["L105"],
        "desk:admin_membership": [membership], "desk:admin_rows": list(tables), "desk:admin_new_row": list(tables),
        "desk:admin_row": [f"{slug}/{row.code}" for slug, row in tables.items()],
        "desk:admin_history": [f"{kind}/{codes.get(kind) or tables[kind].code}" for kind in KINDS],
    }  # fmt: skip
    for name, pattern in routes():
        if name.startswith("desk:admin"):
            for value in fill.get(name, [account]):
                yield name, "/" + re.sub(r"<.*>", str(value), pattern)


@pytest.mark.django_db
def test_nor_does_a_page_of_the_administration(scene):
    user = somebody("R13", name="Flo Root")
    client = english(user)
    person = a_user("Gus Ward")
    given = client.post(f"/admin/accounts/{person.pk}/memberships/", {"role": Role.objects.get(code="R5").pk, "unit": unit().pk, "from_date": "2026-01-01"})  # fmt: skip
    assert given.status_code == 302
    all_in_english()
    pages = list(admin_pages(person.pk, Membership.objects.get(user=person).pk))
    ends = {"desk:admin_password", "desk:admin_account_state", "desk:admin_end_membership"}
    assert untranslated(client, [page for page in pages if page[0] not in ends]) == {}
    assert untranslated(client, [page for page in pages if page[0] in ends]) == {}
    listed = "University ID,Name,Affiliation,Unit\n1,Hal,Undergraduate,none\n2,,Wizard,\n"
    assert left_in(upload(client, listed)) == set()
    assert left_in(upload(client, "nothing")) == set()


def upload(client, text):
    file = BytesIO(text.encode())
    file.name = "list.csv"
    return client.post(reverse("desk:admin_import"), {"file": file})
