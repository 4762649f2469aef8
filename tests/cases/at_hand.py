"""What the stories of requests have in common: opinions, moments, and what somebody sees."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services import (
    aftercare,
    drafting,
    handling,
)
from hotline.cases.services.aftercare import CHECKLIST, Opinion
from hotline.cases.services.given import Words
from hotline.cases.services.handling import Answer
from hotline.cases.sight import sight_of
from tests.make import (
    NOON,
    a_case,
    a_requester,
    an_actor,
    type_,
)

GOOD = Opinion(result="SATISFIED", contacted=True, solved="YES", attitude="SATISFIED")
BAD = Opinion(result="DISSATISFIED", contacted=False, solved="NO", attitude="FAIR", words="没人来")
CRY = "我真的不想活了，今晚就结束"
BODY = "浴室没有热水已经两天了，请尽快处理。"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def seen_by(actor, case, at=NOON):
    return sight_of(actor, fresh(case), at=at)


def words_for(actor, case, at=NOON):
    sight = seen_by(actor, case, at)
    return [sight.words_of(row) for row in sight.remarks]


def close(case, at=NOON):
    aftercare.close(case, checked=CHECKLIST, leaks_seen=True, by=an_actor("R4"), at=at)


def answered_again(case, at=NOON):
    """The round after a rework, up to its audit."""
    order = case.orders.get(round=case.round)
    contact, head = an_actor("R5", of="houqin"), an_actor("R6", of="houqin")
    handling.sign(order, by=contact, at=at)
    handling.interim(order, words="正在处理", by=contact, at=at)
    handling.reply(order, Answer("已处理。", "RESOLVED"), by=head, at=at)


def a_visit():
    case = a_case(State.ANSWERED, type=type_("TS"), owner=a_requester(phone="13812345678").user)
    close(case)
    return case.visits.get()


def pdf():
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4 x", content_type="application/pdf")


def draft(owner, at=NOON, **more):
    return drafting.keep(Words(body=BODY, type=type_(), **more), by=owner, at=at)
