"""The limits we promise, as one set of rules with a version: tiers, types, categories, terms.

A request is dealt with under the rules that it was promised under. So the whole set is written
down (Policy) when the first promise is made under it, and each request keeps the number of its
own; what the school changes later holds for what comes later.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, get_type_hints

from django.db import connection, transaction

from hotline.catalog import shelf, terms
from hotline.catalog.models import Category, Policy, RequestType, Urgency
from hotline.catalog.terms import Terms
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import NATURAL, Limit

WRITING = 0x1920  # an advisory lock: two first promises at once write one policy


class Limits(NamedTuple):
    """How soon to get in touch, and how soon to answer."""

    respond: Limit
    resolve: Limit


class Promise(NamedTuple):
    """By when a unit has to get in touch, to have answered, and to have signed in (aware).

    The limits are kept as they are written, for whoever asks why.
    """

    respond_at: datetime
    resolve_at: datetime
    sign_at: datetime
    natural: bool = False  # whether the time to answer counts nights and holidays
    respond: str = ""
    resolve: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Rules:
    """One set of limits. Codes are never reused, so a code is all that a limit needs."""

    terms: Terms
    tiers: Mapping[str, Limits]
    signs: Mapping[str, Limit]
    types: Mapping[str, Limits]
    categories: Mapping[str, Limits]

    def promise(
        self,
        category: Category,
        urgency: Urgency,
        type: RequestType | None,
        at: datetime,
        calendar: Calendar,
    ) -> Promise:
        """The limits of a request, counted from ``at`` with a calendar.

        A category's limits are those of its own urgency and type; a request that is more urgent
        than its category usually is gets the stricter of the category's and the tier's, and one
        of a type with limits of its own (咨询) that the category is not about, of those.
        """
        rows = [limits for _row, limits in self.sources(category, urgency, type)]
        respond_at, respond = min((calendar.after(at, *row.respond), row.respond) for row in rows)
        resolve_at, resolve = min((calendar.after(at, *row.resolve), row.resolve) for row in rows)
        sign = self.signs.get(urgency.code) or Limit.parse(urgency.sign)
        return Promise(
            respond_at, resolve_at, calendar.after(at, *sign), resolve.unit in NATURAL,
            str(respond), str(resolve), str(sign),
        )  # fmt: skip

    def sources(
        self, category: Category, urgency: Urgency, type: RequestType | None
    ) -> list[tuple[Category | Urgency | RequestType, Limits]]:
        """Whose limits hold for a request; of several the stricter one is promised."""
        rows: list[tuple[Category | Urgency | RequestType, Limits]] = [
            (category, self.categories.get(category.code) or _own(category))
        ]
        if urgency.rank < category.urgency.rank:
            rows.append((urgency, self.tiers.get(urgency.code) or _own(urgency)))
        if type is not None and type.pk != category.type_id and type.code in self.types:
            rows.append((type, self.types[type.code]))
        return rows


def current() -> Rules:
    """The rules as they stand."""
    return shelf.current().once("rules", lambda: _rules(_data()))


def of(pk: int | None) -> Rules:
    """The rules that a request was promised under; those that stand where it has none yet."""
    if pk is None:
        return current()
    return shelf.current().once(("rules", pk), lambda: _rules(Policy.objects.get(pk=pk).data))


def in_force(at: datetime) -> int:
    """The number of the policy that stands, written down if nothing was promised under it yet."""
    digest = shelf.current().once("digest", lambda: _digest(_data()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, digest FROM catalog_policy ORDER BY id DESC LIMIT 1")
        latest = cursor.fetchone()
    if latest and latest[1] == digest:
        return int(latest[0])
    return _write(digest, at)


def pending() -> dict[str, Any] | None:
    """The rules as they stand, where nothing has been promised under them yet."""
    latest = Policy.objects.order_by("-id").values_list("digest", flat=True).first()
    data = _data()
    return data if latest != _digest(data) else None


@transaction.atomic
def _write(digest: str, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING])
    latest = Policy.objects.order_by("-id").first()
    if latest is None or latest.digest != digest:
        latest = Policy.objects.create(digest=digest, data=_data(), from_at=at)
    return latest.pk


def _data() -> dict[str, Any]:
    """The rules as they are written down: codes and amounts of time, nothing else."""
    kept = shelf.current()
    return {
        "terms": {name: str(value) for name, value in _by_name(terms.current()).items()},
        "tiers": {
            row.code: {"sign": row.sign, "respond": row.respond, "resolve": row.resolve}
            for row in kept.urgencies.values()
        },
        "types": {
            row.code: {"respond": row.respond, "resolve": row.resolve}
            for row in kept.types.values()
            if row.respond and row.resolve
        },
        "categories": {
            row.code: {"respond": row.respond, "resolve": row.resolve}
            for row in kept.categories.values()
        },
    }


def _by_name(values: Terms) -> dict[str, Any]:
    """The terms by name; a Limit stays one, which dataclasses.asdict would take apart."""
    return {name: getattr(values, name) for name in terms.names()}


def _digest(data: Mapping[str, Any]) -> str:
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _rules(data: Mapping[str, Any]) -> Rules:
    kinds = get_type_hints(Terms)
    values = {k: terms.parse(kinds[k], v) for k, v in data["terms"].items() if k in kinds}
    return Rules(
        terms=Terms(**values),
        tiers={code: _limits(row) for code, row in data["tiers"].items()},
        signs={code: Limit.parse(row["sign"]) for code, row in data["tiers"].items()},
        types={code: _limits(row) for code, row in data["types"].items()},
        categories={code: _limits(row) for code, row in data["categories"].items()},
    )


def _limits(row: Mapping[str, str]) -> Limits:
    return Limits(Limit.parse(row["respond"]), Limit.parse(row["resolve"]))


def _own(row: Category | Urgency) -> Limits:
    """What the row itself says: it is younger than the policy."""
    return Limits(Limit.parse(row.respond), Limit.parse(row.resolve))
