"""The catalogue and the units as they stand, kept in memory by every process.

A page shows hundreds of names, and to join them to every row costs more than the rows. Each
change of this data is recorded as a Revision: the number of the latest says whether what is
kept still stands, so a page asks one small question instead. Rows on the shelf are shared by
all threads: they are for looking at, services that change one read it from its table.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from hotline.catalog.models import (
    Aspect,
    Branch,
    Category,
    Place,
    Reason,
    RequestType,
    Urgency,
)
from hotline.people.models import Unit

T = TypeVar("T")
KEPT_SECONDS = 60  # two changes at once may be seen in the wrong order: by then they are right


class Shelf:
    """Every row, by id in the order of its list, with its relations in place."""

    def __init__(self) -> None:
        self.read_at = time.monotonic()
        self.units: dict[int, Unit] = _rows(Unit)
        self.aspects: dict[int, Aspect] = _rows(Aspect)
        self.branches: dict[int, Branch] = _rows(Branch, aspect=self.aspects)
        self.types: dict[int, RequestType] = _rows(RequestType)
        self.urgencies: dict[int, Urgency] = _rows(Urgency)
        self.places: dict[int, Place] = _rows(Place)
        self.reasons = {row.code: row for row in _rows(Reason).values()}
        _link(self.places.values(), campus=self.places)
        self.categories: dict[int, Category] = _rows(
            Category,
            branch=self.branches, lead=self.units, type=self.types, urgency=self.urgencies,
        )  # fmt: skip
        self._fields: Mapping[str, Mapping[int, Model]] = {
            "lead_unit": self.units, "target_unit": self.units, "unit": self.units,
            "section": self.units, "college": self.units, "type": self.types, "category": self.categories,
            "urgency": self.urgencies, "place": self.places,
        }  # fmt: skip
        self._made: dict[Hashable, Any] = {}

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What is made of this data alone, made once until it changes."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    def attach(self, rows: Iterable[Any], *names: str) -> None:
        """Give rows what these foreign keys name; one that is not kept is read when it is used."""
        for row in rows:
            _link([row], **{name: self._fields[name] for name in names})

    def reason(self, code: str) -> str:
        """A reason's code and its name in the reader's language; the code alone of one that is gone."""
        row = self.reasons.get(code)
        return f"{code} {row}" if row else code

    def reasons_of(self, kind: str) -> list[Reason]:
        """Those of one kind that may be given."""
        return [row for row in self.reasons.values() if row.enabled and row.kind == kind]

    def unit(self, code: str) -> Unit | None:
        return next((unit for unit in self.units.values() if unit.code == code), None)


_kept: tuple[int | None, Shelf] | None = None
_page: ContextVar[list[Shelf] | None] = ContextVar("page", default=None)


def current() -> Shelf:
    """The shelf as it stands: at most one query when nothing has changed."""
    page = _page.get()
    if page:
        return page[0]
    shelf = _current()
    if page is not None:
        page.append(shelf)
    return shelf


@contextmanager
def steady() -> Iterator[None]:
    """Inside, look for changes once: a page, a move or a batch is of one piece.

    Within another it changes nothing. What a long job does goes in pieces: the catalogue that it
    began with may have changed.
    """
    if _page.get() is not None:
        yield
        return
    token = _page.set([])
    try:
        yield
    finally:
        _page.reset(token)


def forget() -> None:
    """Keep nothing: for tests that write into the tables themselves."""
    global _kept  # noqa: PLW0603 - one shelf a process
    _kept = None


def _current() -> Shelf:
    global _kept  # noqa: PLW0603
    kept, latest = _kept, _latest_change()  # the number first: what is read is no older
    fresh = kept is not None and kept[0] == latest
    if kept is None or not fresh or time.monotonic() - kept[1].read_at > KEPT_SECONDS:
        _kept = kept = (latest, Shelf())
    return kept[1]


def _latest_change() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM people_revision")
        latest: int | None = cursor.fetchone()[0]
    return latest


def _rows(model: type[Model], **links: Mapping[int, Model]) -> dict[int, Any]:
    rows = {row.pk: row for row in model._default_manager.all()}
    _link(rows.values(), **links)
    return rows


def _link(rows: Iterable[Model], **links: Mapping[int, Model]) -> None:
    for row in rows:
        for name, targets in links.items():
            field: Any = row._meta.get_field(name)
            target = targets.get(getattr(row, field.attname))
            if target is not None:
                field.set_cached_value(row, target)
