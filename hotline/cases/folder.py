"""What lies in the folder of one request: each table read once a page, and joined here.

Names of units come from the shelf. It is for pages; services read what they need under the lock.
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from hotline.base.compiled import Compiled
from hotline.base.masking import words_of
from hotline.cases.codes import Part
from hotline.cases.models import (
    Attachment,
    Case,
    NamedPerson,
    Proposal,
    Rating,
    Remark,
    Reply,
    Requester,
    Step,
    Unmasking,
    Visit,
    WorkOrder,
)
from hotline.cases.models.aftercare import VisitState
from hotline.cases.moves import PROPOSED_IN
from hotline.cases.unmasking import LONGEST, WAITS, Asked, folded
from hotline.catalog import shelf
from hotline.people.models import User

STEPS = Compiled(
    lambda case: (
        Step.objects.filter(case=case)
        .order_by("seq")
        .values_list(
            "verb", "side", "at", "reason", "text", "order_id", "by_id", "by__name", "facts__target"
        )
    ),
    case=int,
)
ORDERS = Compiled(lambda case: WorkOrder.objects.filter(case=case), case=int)
VISITS = Compiled(lambda case: Visit.objects.filter(case=case), case=int)
REQUESTER = Compiled(lambda case: Requester.objects.filter(case=case), case=int)
NAMED = Compiled(
    lambda case: NamedPerson.objects.filter(case=case, removed_at=None).order_by("id"), case=int
)
RATINGS = Compiled(lambda case: Rating.objects.filter(case=case), case=int)
REMARKS = Compiled(lambda case: Remark.objects.filter(case=case), case=int)
REPLIES = Compiled(lambda case: Reply.objects.filter(order__case=case), case=int)
FILES = Compiled(lambda case: Attachment.objects.filter(case=case), case=int)

ASKED = Compiled(
    lambda case, by, since: (
        Unmasking.objects.filter(case=case, by=by, at__gt=since)
        .order_by("id")
        .values_list("id", "fields", "at", "events__verb", "events__until")
    ),
    case=int,
    by=int,
    since=datetime,
)


class SignedStep(NamedTuple):
    """A step as the history tells it, with the name under it."""

    verb: str
    side: str
    at: datetime
    reason: str
    text: str
    order_id: int | None
    by_id: int | None
    name: str | None
    target: (
        list[str | None] | None
    )  # codes of the unit complained of, before and after, where it changed


def steps(case: Case) -> list[SignedStep]:
    """The history, oldest first."""
    rows = STEPS.rows(case=case.pk)
    return [
        SignedStep(*row)._replace(target=json.loads(row[-1]) if row[-1] else None) for row in rows
    ]


def ratings(case: Case) -> list[Rating]:
    return RATINGS.instances(case=case.pk)


def remarks(case: Case) -> list[Remark]:
    """What was said beside the moves, each with the work order that it belongs to."""
    return join_orders(case, REMARKS.instances(case=case.pk))


def replies(case: Case) -> list[Reply]:
    """Every answer of a unit, with its work order."""
    return join_orders(case, REPLIES.instances(case=case.pk))


def files(case: Case) -> list[Attachment]:
    """What was attached, answers' files with their work order."""
    return join_orders(case, FILES.instances(case=case.pk))


def furnish(case: Case) -> Case:
    """Give a request its names: what it is about, where, whose duty."""
    names = ("type", "category", "urgency", "lead_unit", "target_unit", "place")
    shelf.current().attach([case], *names)
    return case


def orders(case: Case) -> list[WorkOrder]:
    """All its work orders: the latest round first, in it the lead, then by age."""
    rows = sorted(
        _read(case, "orders", ORDERS), key=lambda o: (-o.round, o.part != Part.LEAD, o.pk)
    )
    shelf.current().attach(rows, "unit", "section")
    return rows


def join_orders(case: Case, rows: Iterable[Any]) -> list[Any]:
    """Give rows that may belong to a work order that order."""
    rows = list(rows)
    if any(row.order_id is not None for row in rows):
        by_id = {order.pk: order for order in orders(case)}
        for row in rows:
            if row.order_id is not None:
                row.order = by_id[row.order_id]
    return rows


def _read(case: Case, name: str, query: Compiled) -> list[Any]:
    """What belongs to a request, read once."""
    kept: dict[str, list[Any]] = case.__dict__.setdefault("_folder", {})
    if name not in kept:
        kept[name] = query.instances(case=case.pk)
        for row in kept[name]:
            row.case = case
    return kept[name]


def join_people(rows: Iterable[Any], name: str) -> None:
    """Give rows the persons whom they name so, in one query if there are any."""
    named = [row for row in rows if getattr(row, f"{name}_id") is not None]
    people = User.objects.in_bulk({getattr(row, f"{name}_id") for row in named}) if named else {}
    for row in named:
        setattr(row, name, people[getattr(row, f"{name}_id")])


def named(case: Case) -> list[NamedPerson]:
    """Whom it names, with the accounts that they were found to be."""
    rows = NAMED.instances(case=case.pk)
    join_people(rows, "user")
    return rows


def requester(case: Case) -> Requester | None:
    """Who asks; for sight.py and for those who look for the same person."""
    kept = case._state.fields_cache
    if "requester" not in kept:
        found = REQUESTER.instances(case=case.pk)
        kept["requester"] = found[0] if found else None
        for row in found:
            row.case = case
    person: Requester | None = kept["requester"]
    if person is not None:
        shelf.current().attach([person], "college")
    return person


def words_of_requesters(cases: Collection[int]) -> dict[int, list[str]]:
    """The words that give the requesters of these requests (ids) away, by request."""
    rows = Requester.objects.filter(case__in=cases) if cases else ()
    return {row.case_id: words_of(row) for row in rows}


def asked(case: Case, by: int, *, at: datetime) -> tuple[Asked, ...]:
    """What a person has asked to see of it in full, as far back as it can still count."""
    return folded(ASKED.rows(case=case.pk, by=by, since=at - WAITS - LONGEST))


def pending_visit(case: Case) -> Visit | None:
    """The call-back that waits."""
    return next((v for v in _read(case, "visits", VISITS) if v.state == VisitState.PENDING), None)


def pending_proposal(case: Case) -> Proposal | None:
    """The decision that waits for a second person."""
    if case.state not in PROPOSED_IN:
        return None
    return case.proposals.filter(accepted=None).select_related("by").first()
