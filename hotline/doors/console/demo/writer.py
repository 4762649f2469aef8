"""Writes a whole demo: who, where, and two and a half years of requests, on a clock of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random

from django.db import connection, transaction
from django.db.models import F
from django.utils import translation
from tqdm import tqdm

from hotline.base import jobs
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services import sweeping
from hotline.catalog import shelf
from hotline.doors.console.demo import (
    accounts,
    board,
    duty,
    looking,
    overseeing,
    places,
    rights,
    rooms,
    surging,
    telling,
    texts,
)
from hotline.doors.console.demo.engine import Engine
from hotline.doors.console.demo.life import Beats, Shelf, World
from hotline.doors.console.demo.people import Casting
from hotline.doors.console.demo.planning import Planner
from hotline.doors.console.demo.seasons import Calendar
from hotline.worktime.clock import ZONE

PHOTOS_MOST = 36
FRESH_STATISTICS = 500  # requests between two looks of the planner at the tables


def write(*, cases: int, seed: int, until: datetime, show: bool = True) -> str:
    """Write a demo of so many requests that ends at ``until``; return the table of its accounts.

    All or nothing: one transaction. The same seed, end and size write the same, save passwords,
    access codes and keys of attachments.
    """
    with jobs.quiet(), translation.override("zh-hans"), _in_one_piece():
        engine = Engine(until)
        world = _world(Random(seed), until, engine, cases)  # noqa: S311 - chance, not a secret
        overseeing.publish_vacations(world.calendar.start, until=until)
        planner = Planner(world)
        history = cases - board.requests_in(cases) - rooms.REQUESTS
        lives = [*planner.lives(history), *board.lives_of(planner, cases)]
        lives += rooms.lives_of(world.cast, until=until)
        with tqdm(
            total=len(lives), unit=" requests", leave=False, disable=None if show else True
        ) as bar:
            for nth, beats in enumerate(lives):
                engine.begin(_counted(beats, nth, bar))
            with shelf.steady():  # the catalogue stands still from here on
                engine.run()
        sweeping.sweep(at=until)
        overseeing.climb(world.cast, until=until - timedelta(minutes=1))
        duty.write(world.cast, until=until)
        written = Case.objects.filter(pk__in=world.written)
        written.update(is_demo=True)
        written.filter(state=State.ARCHIVED).update(owner_seen_version=F("version"))  # long read
        rooms.keep_away(world.cast, until=until)
        surging.write(world.cast, until=until)
        telling.write(until)
        looking.write(world.cast, until=until)
        rights.write(world.cast, until=until)
        return accounts.give_passwords(world.cast.named)


def _world(rng: Random, until: datetime, engine: Engine, cases: int) -> World:
    calendar = Calendar(until)
    began = datetime.combine(calendar.start, time(8), ZONE)
    last = until.astimezone(ZONE).date()
    casting = Casting(rng, start=calendar.start, at=began, until=last)
    return World(
        rng=rng,
        calendar=calendar,
        cast=casting.everyone(min(400, max(60, cases // 5))),
        places=places.build(at=began),
        books=texts.load(),
        shelf=Shelf(),
        begin=engine.begin,
        photos=min(PHOTOS_MOST, max(2, cases // 50)),
    )


@contextmanager
def _in_one_piece() -> Iterator[None]:
    """One transaction and no way back to the middle of it: what fails takes all of it away.

    Services mark a place to return to at every move; here nobody would, and it is a third of
    all that is said to the database.
    """
    with transaction.atomic():
        features = connection.features
        usual = features.uses_savepoints
        features.uses_savepoints = False
        try:
            yield
        finally:
            features.uses_savepoints = usual


def _counted(beats: Beats, nth: int, bar: "tqdm[None]") -> Beats:
    """The same life; the bar moves as it begins."""
    yield next(beats)
    bar.update()
    if nth % FRESH_STATISTICS == FRESH_STATISTICS - 1:
        _analyse()
    yield from beats


def _analyse() -> None:
    """Tell the database how its tables have grown: inside a transaction it does not look itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case, cases_workorder, cases_step, cases_visit, cases_remark")
