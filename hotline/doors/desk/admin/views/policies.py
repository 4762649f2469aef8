"""Every version of the limits: since when, and what it changed."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hotline.catalog import policy, shelf, terms
from hotline.catalog.models import Policy
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.permissions import P

SIZE = 20


class Difference(NamedTuple):
    """One limit that a version has otherwise than the one before."""

    name: str
    before: str
    after: str


class Version(NamedTuple):
    """A version with what it changed; the first one changed nothing."""

    policy: Policy
    differences: list[Difference]
    first: bool


@require_safe
@only_for(P.CATALOG)
def policies(request: HouseRequest) -> HttpResponse:
    """The rules of the tiers as they stand, what waits for its first dispatch, and the versions."""
    part = page_of(Policy.objects.all(), request.GET.get("after", ""), size=SIZE)
    rows = list(part.rows)
    olds = [*rows[1:], Policy.objects.filter(id__lt=rows[-1].pk).first()] if rows else []
    context = {
        "versions": [_version(new, old) for new, old in zip(rows, olds, strict=True)],
        "tiers": [row for row in shelf.current().urgencies.values() if row.enabled],
        "pending": _pending(), "next": part.next, "here": "policies",
    }  # fmt: skip
    return page(request, "policies.html", context)


def _pending() -> list[Difference]:
    """What was changed since the latest version, which nobody has been promised anything by."""
    data, latest = policy.pending(), Policy.objects.order_by("-id").first()
    return _differences(latest.data, data) if data and latest else []


def _version(new: Policy, old: Policy | None) -> Version:
    if old is None:
        return Version(new, [], first=True)
    return Version(new, _differences(old.data, new.data), first=False)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    before, after = dict(_flat(old)), dict(_flat(new))
    keys = [*after, *(key for key in before if key not in after)]
    changed = [key for key in keys if before.get(key) != after.get(key)]
    none = "—"
    return [Difference(_name(k), before.get(k, none), after.get(k, none)) for k in changed]


Key = tuple[str, str, str]


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """Each limit by part, code and kind."""
    for code, value in data["terms"].items():
        yield ("terms", code, ""), value
    for part in ("tiers", "types", "categories"):
        for code, limits in data[part].items():
            yield from (((part, code, kind), value) for kind, value in limits.items())


def _name(key: Key) -> str:
    part, code, kind = key
    if part == "terms":
        return str(terms.LABELS.get(code, code))
    kinds = {"sign": _("签收时限"), "respond": _("首次响应时限"), "resolve": _("办结时限")}
    kept = shelf.current()
    tables: dict[str, Mapping[int, Any]] = {
        "tiers": kept.urgencies, "types": kept.types, "categories": kept.categories,
    }  # fmt: skip
    rows = tables[part]
    row = next((row for row in rows.values() if row.code == code), "")
    return f"{code} {row} · {kinds[kind]}"
