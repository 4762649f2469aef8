"""The demo: a whole history, the same for the same seed, and never beside anything real."""

import re
from datetime import date, datetime
from io import StringIO
from itertools import chain

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.cases.codes import Channel, Mode, State
from hotline.cases.models import Case, Step
from hotline.cases.screen import Sign, screen
from hotline.cases.services import sweeping
from hotline.doors.console.demo import accounts, texts
from hotline.doors.console.demo.hours import DUTY, OFFICE
from hotline.doors.console.demo.seasons import SURGE_DAYS, Calendar
from hotline.insight.cohorts import Period
from hotline.insight.figures import total
from hotline.people.models import User
from hotline.worktime.clock import ZONE
from tests.defaults import ensure_defaults

CASES = 100
UNTIL = datetime(2026, 6, 25, tzinfo=ZONE)  # the end of the Wednesday before
ARGUMENTS = ["--cases", str(CASES), "--until", "2026-06-24", "--verbosity", "0"]


class Told:
    """What one run has written and printed."""

    def __init__(self, home):
        with override_settings(HOME=home, FILES=home / "files"):
            out = StringIO()
            call_command("demo", *ARGUMENTS, stdout=out)
            self.home, self.printed = home, out.getvalue()
        self.passwords = dict(re.findall(r"^  (\S+) +(\S+-\S+-\S+) ", self.printed, re.MULTILINE))
        self.requests = list(
            Case.objects.order_by("number", "created_at").values_list(
                "number", "state", "channel", "mode", "title", "body", "answer", "submitted_at", "closed_at"
            )
        )  # fmt: skip
        self.steps = list(Step.objects.order_by("case__number", "seq").values_list("verb", "at"))


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two runs of the same demo; what the second has written is there for every test."""
    cheap = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=cheap):
        ensure_defaults()
        with transaction.atomic():
            first = Told(tmp_path_factory.mktemp("first"))
            transaction.set_rollback(True)
        with transaction.atomic():
            yield first, Told(tmp_path_factory.mktemp("second"))
            transaction.set_rollback(True)


# --- What it holds -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_demo_has_a_request_in_every_state(told):
    assert set(Case.objects.values_list("state", flat=True)) == set(State)


@pytest.mark.django_db
def test_a_demo_has_every_mode_and_category_and_is_marked_as_one(told):
    requests = Case.objects.exclude(state=State.DRAFT)
    assert set(requests.values_list("mode", flat=True)) == set(Mode)
    assert requests.exclude(category=None).values("category").distinct().count() == 46
    assert set(requests.values_list("channel", flat=True)) <= set(Channel)
    assert not Case.objects.filter(is_demo=False).exists()
    assert not User.objects.filter(is_demo=False).exists()
    assert requests.count() == CASES


@pytest.mark.django_db
def test_the_figures_of_a_demo_are_those_of_an_office_that_works(told):
    figures = total(Period(None, UNTIL))
    assert figures.closure.percent >= 90
    assert 10 <= figures.mean_hours <= 40
    assert figures.within_1_day.percent <= figures.within_3_days.percent
    assert figures.within_3_days.percent >= 80
    assert 30 <= figures.participation.percent <= 75


@pytest.mark.django_db
def test_time_has_already_done_what_it_does_by_itself(told):
    assert sweeping.sweep(at=UNTIL) == 0
    assert not Step.objects.filter(at__gte=UNTIL).exists()


@pytest.mark.django_db
def test_history_queues_no_job(told):
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_numbers_follow_the_order_in_which_requests_came_in(told):
    rows = Case.objects.exclude(number=None).order_by("submitted_at")
    numbers = [number[:11] for number in rows.values_list("number", flat=True)]
    assert numbers == sorted(numbers)


@pytest.mark.django_db
def test_no_slot_and_no_choice_is_left_open_in_any_text(told):
    for words in Case.objects.values_list("title", "body", "answer", "shown_title", "shown_body"):
        assert not re.search(r"[{}|\[\]]", " ".join(words)), words


# --- The same again, and not the same ----------------------------------------------------


@pytest.mark.django_db
def test_the_same_seed_tells_the_same_story(told):
    first, second = told
    assert first.requests == second.requests
    assert first.steps == second.steps


@pytest.mark.django_db
def test_passwords_are_made_anew_and_stand_in_no_table(told):
    first, second = told
    assert len(first.passwords) == len(second.passwords) == len(accounts.ROWS)
    assert not set(first.passwords.values()) & set(second.passwords.values())
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT row::text FROM "{table}" row')  # noqa: S608
            kept = "\n".join(text for (text,) in cursor.fetchall())
        assert not [word for word in second.passwords.values() if word in kept], table


@pytest.mark.django_db
def test_only_the_printed_accounts_can_sign_in(told, settings):
    _first, second = told
    for user in User.objects.all():
        assert user.has_usable_password() == (user.account in second.passwords)
    clerk = User.objects.get(account="clerk")
    assert clerk.check_password(second.passwords["clerk"])


@pytest.mark.django_db
def test_the_accounts_are_kept_where_only_their_owner_reads(told):
    _first, second = told
    path = second.home / "demo-accounts.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text("utf-8") in second.printed


# --- Where it may not go -----------------------------------------------------------------


@pytest.mark.django_db
def test_a_second_demo_is_refused_and_if_empty_prints_the_accounts_again(told, settings):
    _first, second = told
    settings.HOME = second.home
    with pytest.raises(CommandError, match="already holds a demo"):
        call_command("demo", *ARGUMENTS)
    out = StringIO()
    call_command("demo", "--if-empty", stdout=out)
    assert out.getvalue().strip() in second.printed


# --- What it is made of ------------------------------------------------------------------


def test_every_category_has_at_least_six_texts_and_every_question_a_basis():
    books = texts.load()
    assert len(books.asks) == 46
    assert min(len(asks) for asks in books.asks.values()) >= 6
    questions = [ask for ask in _all_asks(books) if ask.t == "ZX"]
    assert [ask.title for ask in questions if not ask.basis] == []


def test_no_ordinary_text_sounds_like_a_cry_for_help():
    found = [ask.title for ask in _all_asks(texts.load()) if screen(ask.title, ask.ask) > Sign.NONE]
    assert found == []


def _all_asks(books):
    of_events = (event.asks for event in (*books.surge, *books.happenings))
    return chain.from_iterable((*books.asks.values(), *books.english.values(), *of_events))


@pytest.mark.parametrize(
    ("until", "first"),
    [
        (datetime(2026, 6, 25, tzinfo=ZONE), date(2026, 4, 2)),
        (datetime(2026, 5, 25, tzinfo=ZONE), date(2025, 4, 2)),
        (datetime(2026, 1, 2, tzinfo=ZONE), date(2025, 4, 2)),
    ],
)
def test_the_surge_lies_in_the_last_spring_that_is_well_over(until, first):
    calendar = Calendar(until)
    assert calendar.surge_day == first
    assert max(calendar.surge_factor(date.fromordinal(first.toordinal() + n)) for n in range(SURGE_DAYS)) >= 10  # fmt: skip
    assert calendar.surge_factor(date(first.year, 3, 20)) == 1


def test_hours_of_a_rhythm_lead_forward_and_back():
    friday = datetime(2026, 6, 26, 17, 30, tzinfo=ZONE)
    monday = datetime(2026, 6, 29, 8, 30, tzinfo=ZONE)
    assert OFFICE.after(friday, 60) == monday
    assert OFFICE.before(monday, 60) == friday
    assert OFFICE.minutes(friday, monday) == 60
    assert DUTY.after(friday, 60) == datetime(2026, 6, 26, 18, 30, tzinfo=ZONE)
