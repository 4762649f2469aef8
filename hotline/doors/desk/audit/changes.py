"""权限变更: every change of roles, appointments, rules and of what counts as unusual looking."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hotline.base.refusals import Refusal
from hotline.cases.models import Table
from hotline.cases.services import looking
from hotline.catalog import terms
from hotline.catalog.models import Term
from hotline.catalog.services.rows import WATCHING
from hotline.doors.desk.admin import history
from hotline.doors.desk.audit.frame import auditors_only, page
from hotline.doors.ui.confirm import fresh
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.limits.codes import codes
from hotline.limits.models import OwnLimit
from hotline.people import duties, rules
from hotline.people.models import AccountRule, Membership, Revision, Role, Separation, User
from hotline.people.services import duties as services

ROLE, MEMBERSHIP, RULE, LIMIT, SWITCH, TERM, ACCOUNT = (
    model._meta.label_lower
    for model in (Role, Membership, AccountRule, OwnLimit, Separation, Term, User)
)  # fmt: skip
Line = tuple[str, history.Line]


@require_safe
@auditors_only
def changes(request: HouseRequest) -> HttpResponse:
    """The latest first; above them whoever waits for an auditor's yes."""
    looking.audited(Table.CHANGES, by=request.actor, at=now())
    return _page(request)


def _page(request: HouseRequest, refused: str = "", status: int = 200) -> HttpResponse:
    part, switch = page_of(_recorded(), request.GET.get("after", "")), duties.state()
    context = {
        "lines": list(_lines(part.rows)), "next": part.next, "here": "changes", "switch": switch,
        "asked": switch.is_asked(now()), "refused": refused,
    }  # fmt: skip
    return page(request, "changes.html", context, status=status)


@require_POST
@auditors_only
@fresh
def answer(request: HouseRequest) -> HttpResponse:
    """Agree that the three are parted no longer, or not."""
    agrees = request.POST.get("agree") == "yes"
    try:
        services.answer(agrees, by=request.actor, at=now())
    except Refusal as refusal:
        return _page(request, str(refusal), refusal.status)
    messages.success(request, _("三员分立已停用。") if agrees else _("已记录：不同意停用。"))
    return redirect("desk:audit_changes")


def _recorded() -> QuerySet[Revision]:
    watching = Q(kind=TERM, code__startswith=WATCHING)
    kinds = Q(kind__in=[ROLE, MEMBERSHIP, RULE, LIMIT, SWITCH])
    # Whoever takes over the account of one of the three would be two of them.
    taken = Q(kind=ACCOUNT, data__what__in=["PASSWORD", "FACTORS"])
    taken &= Q(code__in=[str(pk) for pk in duties.officers(localdate())])
    return Revision.objects.filter(watching | kinds | taken).select_related("by")


def _lines(found: Iterable[Revision]) -> Iterator[Line]:
    """Each change with what it is of; what it points to is looked up once for each kind."""
    rows = list(found)
    labels = _labels(rows)
    told: dict[int, history.Line] = {}
    for _kind, same in groupby(sorted(rows, key=lambda row: row.kind), key=lambda row: row.kind):
        group = list(same)
        told |= {row.pk: line for row, line in zip(group, history.lines(group), strict=True)}
    for row in rows:
        yield str(labels.get((row.kind, row.code), row.code)), told[row.pk]


def _labels(rows: list[Revision]) -> Mapping[tuple[str, str], object]:
    roles = {(ROLE, role.code): f"{role.code} {role}" for role in Role.objects.all()}
    ids = [int(row.code) for row in rows if row.kind == MEMBERSHIP]
    accounts = [int(row.code) for row in rows if row.kind == ACCOUNT]
    held = Membership.objects.filter(pk__in=ids).select_related("user", "role", "unit")
    return (
        roles
        | {(MEMBERSHIP, str(m.pk)): _("任职：%(name)s") % {"name": _held(m)} for m in held}
        | {(ACCOUNT, str(user.pk)): str(user) for user in User.objects.filter(pk__in=accounts)}
        | {(RULE, code): label for code, label in rules.LABELS.items()}
        | {(TERM, code): label for code, label in terms.LABELS.items()}
        | {(LIMIT, code): f"{limit.label} · {kind.label}" for code, limit, kind in codes()}
        | {(SWITCH, "1"): _("三员分立")}
    )


def _held(row: Membership) -> str:
    return " · ".join(str(part) for part in (row.user, row.role, row.unit) if part)
