"""Who sees what of a request, field by field: the table of domain.md, 1.2, walked whole."""

from datetime import timedelta

import pytest

from hotline.cases import queries
from hotline.cases.codes import Mode, OrderState, Part, State
from hotline.cases.models import Attachment, Rating, Remark
from hotline.cases.sight import FIELDS, TABLE, Level, Viewer, sight_of
from hotline.cases.timeline import steps_for
from hotline.people.actor import NOBODY, Actor
from tests.make import NOON, a_case, a_requester, a_user, an_actor, an_order

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=3)  # no call is going on any more
F, M, H = "FULL", "MASKED", "HIDDEN"
# Written down from the document, one row a standing: name, phone, origin, body, photos, notes,
# score, words of a rating, crisis file.
EXPECTED = {
    "own": (F, F, F, F, F, H, F, F, F),
    "R2": (M, M, F, F, F, M, F, F, H),
    "R3": (M, M, F, F, F, F, F, F, H),
    "R4": (M, M, F, F, F, F, F, F, H),
    "R8": (H, H, M, F, F, F, H, H, H),
    "R9": (H, H, M, F, F, F, F, F, H),
    "R10": (H, H, H, H, H, H, H, H, H),
    "R11": (H, H, H, H, H, H, H, H, H),
    "R12": (H, H, H, H, H, H, H, H, H),
    "R13": (H, H, H, H, H, H, H, H, H),
    "R14": (M, M, F, F, F, M, F, F, H),
    "stranger": (H, H, H, H, H, H, H, H, H),
    "lead unit": (M, M, F, M, F, M, F, M, H),
    "joint unit": (H, H, M, M, F, M, H, H, H),
    "other unit": (H, H, H, H, H, H, H, H, H),
}
SECRET_LEAD = (H, H, M, M, F, M, M, H, H)


def handled(mode=Mode.NAMED, **owner):
    owner = a_user(owner.pop("name", "欧阳若兰"), **owner)
    case = a_case(State.IN_PROGRESS, owner=owner, mode=mode)
    an_order(case, unit="jijian", part=Part.JOINT)
    return case, owner


def standing(name, case, owner):
    match name:
        case "own":
            return Actor(user=owner)
        case "stranger":
            return a_requester()
        case "lead unit":
            return an_actor("R5", of="houqin")
        case "joint unit":
            return an_actor("R5", of="jijian")
        case "other unit":
            return an_actor("R5", of="baowei")
        case _:
            return an_actor(name)


@pytest.mark.parametrize("who", EXPECTED)
def test_each_standing_sees_exactly_what_the_table_gives(who):
    case, owner = handled()
    sight = sight_of(standing(who, case, owner), case, at=LATER)
    levels = tuple(sight.level(field).name for field in FIELDS)
    assert levels == EXPECTED[who]


@pytest.mark.parametrize("mode", [Mode.CONFIDENTIAL, Mode.ANONYMOUS])
def test_the_unit_of_a_secret_request_sees_only_the_copy(mode):
    case, owner = handled(mode)
    sight = sight_of(standing("lead unit", case, owner), case, at=LATER)
    assert tuple(sight.level(field).name for field in FIELDS) == SECRET_LEAD
    seen = [sight.name, sight.phone, sight.account, sight.title, sight.body, sight.place]
    for known in (owner.name, owner.phone, owner.account, "三号楼"):
        assert all(known not in text for text in seen)
    assert sight.body == case.shown_body


def test_every_viewer_has_a_level_for_every_field():
    assert set(TABLE) == set(Viewer)
    assert all(set(levels) == set(FIELDS) for levels in TABLE.values())
    assert all(TABLE[Viewer.NOBODY][field] is Level.HIDDEN for field in FIELDS)


def test_names_and_numbers_are_masked_as_the_office_masks_them():
    case, _owner = handled(phone="13812345678", account="202301020304")
    sight = sight_of(an_actor("R3"), case, at=LATER)
    assert (sight.name, sight.phone, sight.account) == ("欧***", "138****5678", "2023********")


def test_whoever_registers_a_call_sees_it_whole_during_the_call_and_masked_after():
    agent = an_actor("R2")
    case, owner = handled()
    case.registered_by = agent.user
    case.save()
    assert sight_of(agent, case, at=NOON).name == owner.name
    assert sight_of(agent, case, at=LATER).name == "欧***"


def test_only_who_has_taken_on_the_call_back_sees_the_number_to_call():
    from hotline.cases.services import aftercare

    case = a_case(State.CLOSED, owner=a_user(phone="13812345678"))
    visit = case.visits.create(round=1, why="SAMPLE", due_at=LATER)
    one, other = an_actor("R2"), an_actor("R2")
    aftercare.claim(visit, by=one, at=NOON)
    assert sight_of(one, case, at=LATER).phone == "13812345678"
    assert sight_of(other, case, at=LATER).phone == "138****5678"


def test_a_kind_of_person_that_is_nearly_alone_is_not_told():
    from hotline.people.models import Kind

    case, _owner = handled(Mode.CONFIDENTIAL, kind=Kind.DOCTOR)
    unit = an_actor("R5", of="houqin")
    assert sight_of(unit, case, at=LATER).origin == ""
    for _ in range(5):
        a_user(kind=Kind.DOCTOR)
    assert sight_of(unit, case, at=LATER).origin == "博士生"


@pytest.mark.parametrize("mode", [Mode.NAMED, Mode.CONFIDENTIAL])
def test_a_unit_learns_the_score_of_a_secret_request_only_after_a_week(mode):
    case, owner = handled(mode)
    rating = Rating.objects.create(
        case=case, round=1, result="DISSATISFIED", words="王强老师没来", source="REQUESTER", at=NOON
    )
    unit = standing("lead unit", case, owner)
    soon, late = sight_of(unit, case, at=LATER), sight_of(unit, case, at=NOON + timedelta(days=8))
    assert (soon.score_of(rating) == "") == (mode == Mode.CONFIDENTIAL)
    assert late.score_of(rating) == "不满意"
    words = late.rating_words(rating)
    assert words == ("" if mode == Mode.CONFIDENTIAL else "███老师没来")


def test_a_supplement_to_a_secret_request_waits_for_a_clerk_before_a_unit_reads_it():
    from hotline.cases.services import intake, triage

    case, owner = handled(Mode.CONFIDENTIAL)
    unit = standing("lead unit", case, owner)
    intake.supplement(case, words="我是欧阳若兰，昨天又漏了。", by=Actor(user=owner), at=NOON)
    remark = case.remarks.get()
    assert "欧阳若兰" not in sight_of(unit, case, at=LATER).words_of(remark)
    triage.release(case, remark=remark, words="昨天又漏了。", by=an_actor("R3"), at=NOON)
    remark.refresh_from_db()
    assert sight_of(unit, case, at=LATER).words_of(remark) == "昨天又漏了。"


def test_a_file_is_never_called_by_its_own_name_except_to_its_sender():
    case, owner = handled()
    row = Attachment.objects.create(
        case=case, key="k" * 43, name="欧阳若兰-证据.pdf", mime="application/pdf", extension="pdf",
        size=5, state="READY", at=NOON,
    )  # fmt: skip
    assert sight_of(Actor(user=owner), case, at=NOON).file_name(row) == "欧阳若兰-证据.pdf"
    for who in ("R3", "lead unit"):
        sight = sight_of(standing(who, case, owner), case, at=NOON)
        assert sight.file_name(row) == f"{case.number}-1.pdf"


def test_a_withheld_file_stays_with_the_office():
    case, owner = handled()
    Attachment.objects.create(
        case=case, key="k" * 43, name="a.pdf", mime="application/pdf", extension="pdf", size=5,
        state="READY", withheld=True, at=NOON,
    )  # fmt: skip
    assert sight_of(standing("lead unit", case, owner), case, at=NOON).attachments == []
    assert len(sight_of(standing("R3", case, owner), case, at=NOON).attachments) == 1


def test_notes_stay_where_they_were_written():
    case, owner = handled()
    order, part = case.orders.order_by("-part")
    for kind, of in (
        ("NOTE", None),
        ("UNIT_NOTE", order),
        ("UNIT_NOTE", part),
        ("CRISIS_NOTE", None),
    ):
        Remark.objects.create(case=case, order=of, kind=kind, text=kind, at=NOON)
    read = {
        who: len(sight_of(standing(who, case, owner), case, at=LATER).remarks)
        for who in ("own", "R3", "R2", "lead unit", "joint unit", "stranger")
    }
    assert read == {"own": 0, "R3": 3, "R2": 0, "lead unit": 1, "joint unit": 1, "stranger": 0}


def test_a_guess_of_the_unit_comes_back_as_it_was_written():
    case, owner = handled(Mode.CONFIDENTIAL)
    order = case.orders.get(part=Part.LEAD)
    guess = f"是不是{owner.name}？"
    note = Remark.objects.create(case=case, order=order, kind="UNIT_NOTE", text=guess, at=NOON)
    sight = sight_of(standing("lead unit", case, owner), case, at=LATER)
    assert sight.level("name") is Level.HIDDEN
    assert sight.words_of(note) == guess, "blacked out, it would say that the guess was right"
    assert owner.name not in sight.discreet(guess), "and what the office writes goes without it"


def test_the_history_that_a_unit_reads_names_no_colleague_of_another_house_and_no_rating():
    from hotline.cases.services import handling, triage

    case, owner = handled()
    order = case.orders.get(part=Part.LEAD)
    contact, clerk = an_actor("R5", of="houqin", name="联系人甲"), an_actor("R3", name="受理员乙")
    triage.note(case, words="内部意见", by=clerk, at=NOON)
    handling.interim(order, words="已安排", by=contact, at=NOON)
    unit = steps_for(sight_of(standing("lead unit", case, owner), case, at=LATER))
    assert [(s.verb, s.who) for s in unit] == [("interim", "后勤处 联系人甲")]
    joint = steps_for(sight_of(standing("joint unit", case, owner), case, at=LATER))
    assert joint == []
    office = steps_for(sight_of(an_actor("R4"), case, at=LATER))
    assert [s.who for s in office] == ["热线办 受理员乙", "后勤处 联系人甲"]
    assert office[0].text == "内部意见"


def test_a_unit_that_returned_an_order_has_nothing_more_to_see():
    case, owner = handled()
    case.orders.filter(part=Part.LEAD).update(state=OrderState.RETURNED)
    unit = standing("lead unit", case, owner)
    assert sight_of(unit, case, at=NOON).viewer is Viewer.NOBODY
    assert list(queries.visible_to(unit)) == []


@pytest.mark.parametrize("seal", ["CRISIS", "DISCIPLINE"])
def test_a_sealed_request_exists_only_for_those_it_is_sealed_for(seal):
    case = a_case(State.ARCHIVED, seal=seal)
    key = {"CRISIS": "R12", "DISCIPLINE": "R11"}[seal]
    for role in ("R2", "R3", "R4", "R8", "R9", "R10", "R11", "R12", "R13", "R14"):
        actor = an_actor(role)
        assert queries.visible_to(actor).exists() == (role == key), role
        assert queries.office_list(actor).exists() is False
    assert list(queries.visible_to(Actor(user=case.owner))) == [case]
    assert list(queries.visible_to(NOBODY)) == []


def test_a_grant_for_some_categories_reaches_no_others():
    from tests.make import category

    inside = a_case(State.ACCEPTED, category=category("H204"))
    outside = a_case(State.ACCEPTED, category=category("F102"))
    clerk = an_actor("R3", categories=["H"])
    assert list(queries.visible_to(clerk)) == [inside]
    assert list(queries.office_list(clerk)) == [inside]
    assert outside not in queries.visible_to(clerk)


def test_nobody_decides_on_a_request_of_their_own():
    from hotline.cases.moves import MOVES

    boss = an_actor("R4")
    case = a_case(State.SUBMITTED, owner=boss.user)
    office = {v for v, law in MOVES.items() if law.may(boss, case)} - {"alarm"}
    from hotline.cases.policies import through_order

    own = {v for v in office if MOVES[v].may is not through_order}
    assert own == {"submit", "supply", "rate", "contest", "withdraw", "supplement", "urge", "hide"}


def test_an_answers_files_reach_the_requester_only_with_the_audited_answer():
    case, owner = handled()
    order, part = case.orders.order_by("-part")
    for n, of in enumerate((order, part)):
        Attachment.objects.create(
            case=case, order=of, key=str(n) * 43, name="a.pdf", mime="application/pdf",
            extension="pdf", size=5, state="READY", at=NOON,
        )  # fmt: skip
    own = Actor(user=owner)
    assert sight_of(own, case, at=NOON).attachments == []
    assert len(sight_of(standing("lead unit", case, owner), case, at=NOON).attachments) == 2
    assert len(sight_of(standing("joint unit", case, owner), case, at=NOON).attachments) == 1
    case.first_closed_at = case.closed_at = NOON
    case.save()
    assert [row.order for row in sight_of(own, case, at=NOON).answer_files] == [order]
