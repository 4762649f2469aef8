"""What other organs have: the petition office's file, the discipline office's word of receipt."""

from datetime import date, timedelta

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import queries
from hotline.cases.codes import Referral, Seal, State
from hotline.cases.models import PetitionFile, Step
from hotline.cases.models.petition import PetitionState
from hotline.cases.services import aftercare, crisis, dispatching, merging, petitions, triage
from hotline.cases.sight import Viewer
from hotline.people.actor import SYSTEM
from hotline.people.queries import actor_of
from hotline.worktime.clock import day_of
from tests.cases.at_hand import DAY, fresh, seen_by
from tests.make import NOON, a_case, a_requester, an_actor, holder

pytestmark = pytest.mark.django_db


def referred(to=Referral.PETITION, **more):
    case = a_case(State.ACCEPTED, **more)
    triage.refer(case, to=to, reason="BS02", words="已转信访部门办理。", by=an_actor("R4"), at=NOON)
    return fresh(case)


def test_the_days_of_the_law_run_from_the_transfer_and_from_the_acceptance():
    office, case = an_actor("R10"), referred()
    file = PetitionFile.objects.get(case=case)
    assert day_of(file.due_at) == date(2026, 6, 18)  # 15 days after 3 June
    with pytest.raises(WrongState):
        petitions.accept(file, by=office, at=NOON)
    petitions.register(file, number="信访〔2026〕12号", by=office, at=NOON + DAY)
    petitions.accept(file, by=office, at=NOON + 7 * DAY)
    assert day_of(file.due_at) == date(2026, 8, 9)  # 60 days after 10 June
    with pytest.raises(Invalid):
        petitions.extend(file, words=" ", by=office, at=NOON + 8 * DAY)
    petitions.extend(file, words="须鉴定", by=office, at=NOON + 8 * DAY)
    assert day_of(file.due_at) == date(2026, 9, 8)
    assert "extend" not in petitions.verbs_open_to(office, file)
    with pytest.raises(WrongState):
        petitions.extend(file, words="再鉴定", by=office, at=NOON + 9 * DAY)
    petitions.close(file, words="处理意见：……", by=office, at=NOON + 10 * DAY)
    assert (file.state, file.due_at) == (PetitionState.CLOSED, None)
    assert petitions.verbs_open_to(office, file) == set()
    verbs = ["register", "accept", "extend", "close"]
    assert list(file.entries.order_by("id").values_list("verb", flat=True)) == verbs


def test_what_is_not_accepted_says_why_and_is_over():
    office, case = an_actor("R10"), referred()
    file = PetitionFile.objects.get(case=case)
    petitions.register(file, number="1", by=office, at=NOON)
    petitions.refuse(file, words="属诉讼途径", by=office, at=NOON)
    assert (file.state, file.told) == (PetitionState.REFUSED, "属诉讼途径")


@pytest.mark.parametrize("role", ["R2", "R3", "R4", "R8", "R9", "R11", "R12", "R13"])
def test_the_office_sees_that_it_was_transferred_and_nothing_of_the_file(role):
    case = referred()
    file, other = PetitionFile.objects.get(case=case), an_actor(role)
    petitions.register(file, number="1", by=an_actor("R10"), at=NOON)
    assert petitions.verbs_open_to(other, file) == set()
    with pytest.raises(NotAllowed):
        petitions.note(file, words="看看", by=other, at=NOON)
    assert Step.objects.filter(case=case).latest("seq").verb == "refer"  # the file has its own


def test_its_requester_and_whom_it_names_have_no_part_in_the_file():
    own, named = holder("R10"), holder("R10")
    case = referred(owner=own)
    file = PetitionFile.objects.get(case=case)
    case.named_people.create(user=named, name=named.name, at=NOON)
    for user in (own, named):
        assert petitions.verbs_open_to(actor_of(user, on=NOON.date()), file) == set()
    assert petitions.verbs_open_to(an_actor("R10"), file) == {"register", "note"}


def test_it_never_comes_back_into_the_ordinary_flow():
    case, manager, team = referred(), an_actor("R4"), an_actor("R12")
    with pytest.raises(WrongState):
        merging.merge(case, into=a_case(State.ACCEPTED), reason="BD02", by=manager, at=NOON)
    crisis.alarm(case, by=manager, at=NOON)
    assert "stand_down" not in queries.verbs_open_to(team, fresh(case))
    with pytest.raises(WrongState):
        crisis.stand_down(case, title="剩余", remaining="剩余事项", by=team, at=NOON)
    crisis.hand_back(case, title="剩余", remaining="剩余事项", by=team, at=NOON)
    assert (fresh(case).state, fresh(case).seal) == (State.REFERRED, "")
    aftercare.archive(fresh(case), by=SYSTEM, at=NOON + 30 * DAY)
    with pytest.raises(Invalid):
        dispatching.reopen(fresh(case), words="重开", by=manager, at=NOON + 31 * DAY)


def test_the_petition_office_is_told_before_a_time_is_up_and_when_it_is(monkeypatch):
    holder("R10")
    file = PetitionFile.objects.get(case=referred())
    told = []
    monkeypatch.setattr(petitions.jobs, "defer", lambda name, **more: told.append(more["key"]))
    assert petitions.remind(at=NOON) == 0
    petitions.remind(at=file.due_at - timedelta(days=4))
    petitions.remind(at=file.due_at + timedelta(days=1))
    assert [key.split(":")[2] for key in told] == ["soon", "late"]


def test_no_time_of_the_file_is_told_to_its_requester_though_they_work_there(monkeypatch):
    own, other = holder("R10"), holder("R10")
    file = PetitionFile.objects.get(case=referred(owner=own))
    told = []
    monkeypatch.setattr(petitions.jobs, "defer", lambda name, **more: told.extend(more["people"]))
    petitions.remind(at=file.due_at - timedelta(days=4))
    assert told == [other.pk]


def test_a_complaint_about_the_office_that_is_referred_is_the_petition_office_s_too():
    case = a_case(State.ACCEPTED, seal="OFFICE")
    triage.refer(
        case, to=Referral.PETITION, reason="BS02", words="转信访", by=an_actor("R9"), at=NOON
    )
    office = an_actor("R10")
    assert queries.visible(office, case.number) == case
    assert seen_by(office, case).viewer is Viewer.RECEIVER
    assert queries.visible(an_actor("R4"), case.number) is None


# --- The discipline office ----------------------------------------------------------------


def test_the_discipline_office_says_that_it_has_it_once_and_nothing_else():
    office, case = an_actor("R11"), referred(to=Referral.DISCIPLINE)
    assert queries.verbs_open_to(office, case) == {"acknowledge", "alarm", "step_aside"}
    triage.acknowledge(case, by=office, at=NOON)
    assert case.steps.get(verb="acknowledge").text == ""
    assert "acknowledge" not in queries.verbs_open_to(office, fresh(case))
    with pytest.raises(WrongState):
        triage.acknowledge(case, by=office, at=NOON)
    with pytest.raises(NotAllowed):
        triage.acknowledge(referred(to=Referral.DISCIPLINE), by=an_actor("R4"), at=NOON)


def test_after_a_crisis_a_discipline_file_is_the_discipline_office_s_again_and_nobody_else_s():
    team, office = an_actor("R12"), an_actor("R11")
    case = referred(to=Referral.DISCIPLINE)
    crisis.alarm(case, by=office, at=NOON)
    assert queries.visible(office, case.number) is None
    with pytest.raises(WrongState):
        crisis.stand_down(case, title="剩余", remaining="剩余事项", by=team, at=NOON)
    crisis.hand_back(case, title="线索", remaining="剩余线索", by=team, at=NOON)
    assert fresh(case).seal == Seal.DISCIPLINE
    assert queries.visible(office, case.number) == case
    for role in ("R3", "R4", "R8", "R9", "R10"):
        assert queries.visible(an_actor(role), case.number) is None


def test_what_was_never_with_another_organ_is_not_handed_back_to_one():
    team, case = an_actor("R12"), a_case(State.SUBMITTED, owner=a_requester().user)
    crisis.alarm(case, by=an_actor("R3"), at=NOON)
    assert "hand_back" not in queries.verbs_open_to(team, fresh(case))
    with pytest.raises(WrongState):
        crisis.hand_back(case, title="剩余", remaining="剩余", by=team, at=NOON)
