"""Drafts: kept as they stand, forgotten with their files, never in the way of what was sent."""

from uuid import uuid4

import pytest

from hotline.base.refusals import WrongState
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case
from hotline.cases.services import (
    crisis,
    drafting,
    intake,
)
from hotline.cases.services.given import Words
from tests.cases.at_hand import BODY, CRY, DAY, draft, fresh, pdf
from tests.make import (
    NOON,
    a_case,
    a_requester,
    type_,
)

pytestmark = pytest.mark.django_db


def test_a_draft_that_nobody_comes_back_to_is_forgotten_with_its_files():
    owner = a_requester()
    left = draft(owner, files=[pdf()])
    edited = draft(owner)
    drafting.keep(Words(body=BODY), by=owner, at=NOON + 30 * DAY, draft=edited)
    assert drafting.forget(before=NOON + DAY, most=100) == 1
    assert list(Case.objects.values_list("pk", flat=True)) == [edited.pk]
    assert left.pk != edited.pk


def test_what_was_submitted_meanwhile_is_neither_overwritten_nor_loses_a_file():
    owner = a_requester()
    kept = draft(owner, files=[pdf()])
    stale, key = fresh(kept), kept.attachments.get().key
    intake.submit(Words(body=BODY, type=type_()), by=owner, at=NOON, draft=fresh(kept))
    for again in (
        lambda: drafting.keep(Words(body="改"), by=owner, at=NOON, draft=stale),
        lambda: drafting.drop_files(stale, [key], by=owner),
        lambda: drafting.discard(stale, by=owner),
        lambda: intake.submit(
            Words(body=BODY, type=type_(), mode=Mode.ANONYMOUS), by=owner, at=NOON, draft=stale
        ),
    ):
        with pytest.raises(WrongState):
            again()
    case = Case.objects.get()
    assert (case.state, case.body, case.attachments.count()) == (State.SUBMITTED, BODY, 1)


def test_bytes_of_a_supplement_that_fails_are_not_left_behind(monkeypatch, settings, tmp_path):
    settings.FILES = tmp_path
    owner = a_requester()
    case = a_case(State.SUBMITTED, owner=owner.user)

    def fail(*args, **more):
        raise RuntimeError

    monkeypatch.setattr(crisis, "alarm", fail)
    with pytest.raises(RuntimeError):
        intake.supplement(case, words=CRY, uploads=[pdf()], by=owner, at=NOON)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_key_of_another_request_does_not_get_into_a_draft():
    owner = a_requester()
    one, two = draft(owner, files=[]), uuid4()
    drafting.keep(Words(body="乙"), by=owner, at=NOON, key=two)
    kept = drafting.keep(Words(body="甲"), by=owner, at=NOON, key=two, draft=one)
    assert kept.pk == one.pk and kept.form_key != two
