"""Rows of the catalogue, categories with their row of the dispatch directory, and the terms."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, get_type_hints

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.catalog import terms
from hotline.catalog.models import (
    Aspect,
    Branch,
    Category,
    Place,
    Reason,
    ReasonKind,
    SpecialCode,
    Term,
    UnitRule,
)
from hotline.catalog.services.guards import refuse_to_disable
from hotline.people import queries as people_queries
from hotline.people import services as people
from hotline.people.actor import Actor
from hotline.people.models import Named, Unit
from hotline.people.permissions import P

REASON_CODES = {
    ReasonKind.RETURN: "TD", ReasonKind.EXTEND: "YQ", ReasonKind.SUSPEND: "GQ",
    ReasonKind.REWORK: "CB", ReasonKind.MERGE: "BD", ReasonKind.DECLINE: "BS",
    ReasonKind.WITHDRAW: "CH", ReasonKind.SUPERVISE: "DB",
}  # fmt: skip
WATCHING = "looks_"  # terms that say when looking is unusual
RULES_MOST = 30
ASPECT_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWYZ")  # X begins the special codes
Rules = Iterable[tuple[list[str], Unit]]


def save(
    row: Named,
    *,
    by: Actor,
    at: datetime,
    seen: int | None = None,
    fields: Collection[str] | None = None,
) -> None:
    """Write one row of the catalogue, or a unit, which the catalogue's rows may stand on.

    Raises NotAllowed, Stale, or Invalid, also when a row is disabled that is still needed.
    """
    permission = P.PEOPLE if isinstance(row, Unit) else P.CATALOG
    people.allow(by, permission)
    with transaction.atomic():
        refuse_to_disable(row)
        people.save(row, by=by, at=at, permission=permission, seen=seen, fields=fields)


@transaction.atomic
def add(row: Named, *, by: Actor, at: datetime) -> None:
    """Write a new row under the next free code of its kind. Raises NotAllowed or Invalid."""
    people.allow(by, P.CATALOG)
    people.one_at_a_time(type(row))
    row.code = _code_for(row)  # type: ignore[attr-defined]
    save(row, by=by, at=at)


def _code_for(row: Any) -> str:
    if isinstance(row, Category):
        return people_queries.next_code(Category, row.branch.code, digits=2)
    if isinstance(row, Branch):
        return people_queries.next_code(Branch, row.aspect.code, digits=1)
    if isinstance(row, Reason):
        return people_queries.next_code(Reason, REASON_CODES[ReasonKind(row.kind)], digits=2)
    if isinstance(row, SpecialCode):
        return people_queries.next_code(SpecialCode, "X9", digits=2)
    if isinstance(row, Place):
        prefix = f"{row.campus.code}-" if row.campus else "campus-"
        return people_queries.next_code(Place, prefix)
    if isinstance(row, Aspect) and row.code not in ASPECT_LETTERS:  # it begins the codes below it
        words = _("方面的编码是一个大写字母（X 除外）。")
        raise Invalid(words, code=words)
    return str(row.code)  # a type, an aspect: chosen by whoever adds it


@transaction.atomic
def save_category(
    category: Category,
    *,
    joint: Iterable[Unit],
    rules: Rules,
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Write a category with its row of the dispatch directory; a new one gets the next code.

    Raises NotAllowed, Stale or Invalid.
    """
    people.allow(by, P.CATALOG)
    rules = [(words, lead) for words, lead in rules if words]
    _refuse_unfit(category, rules)
    if category._state.adding and not category.code:
        Branch.objects.select_for_update().get(pk=category.branch_id)
        category.code = _code_for(category)
    refuse_to_disable(category)
    with people.recorded(
        category, by=by, at=at, permission=P.CATALOG, seen=seen, extra=lambda: _rules_of(category)
    ):
        people.write(category)
        category.joint.set(unit for unit in joint if unit != category.lead)
        category.unit_rules.all().delete()
        UnitRule.objects.bulk_create(
            UnitRule(category=category, words=words, lead=lead) for words, lead in rules
        )


def _rules_of(category: Category) -> Mapping[str, Any]:
    return {"unit_rules": list(category.unit_rules.values("words", "lead_id").order_by("id"))}


def _refuse_unfit(category: Category, rules: list[tuple[list[str], Unit]]) -> None:
    """Requests go to units that work, and are found under branches that are shown."""
    for unit in (category.lead, *(lead for _words, lead in rules)):
        if not unit.enabled or unit.kind == "SECTION":
            words = _("%(unit)s不能作为主办单位：已停用或是科室。") % {"unit": unit}
            raise Invalid(words, lead=words)
    if category.enabled and not category.branch.enabled:
        words = _("所属大类已停用，请先启用大类。")
        raise Invalid(words, enabled=words)
    if len(rules) > RULES_MOST:
        raise Invalid(_("地点词规则最多 %(most)d 条。") % {"most": RULES_MOST})


def set_term(code: str, value: str, *, by: Actor, at: datetime) -> None:
    """Set one of the terms; an empty value returns to the default. Raises NotAllowed or Invalid."""
    set_terms({code: value}, by=by, at=at)


@transaction.atomic
def set_terms(
    values: Mapping[str, str], *, by: Actor, at: datetime, seen: int | None = None
) -> int:
    """Set the terms that differ from what is in force, all or none; return how many did.

    Raises NotAllowed, Stale, and Invalid with each code at fault.
    """
    people.take_turn(Term, seen=seen)
    now = dict(Term.objects.values_list("code", "value"))
    wanted = {code: value.strip() for code, value in values.items()}
    changed = {code: value for code, value in wanted.items() if value != now.get(code, "")}
    for code in changed or values:
        people.allow(by, keeper_of_term(code, by))
    people.refuse({code: _wrong(code, value) for code, value in changed.items()})
    for code, value in changed.items():
        row = Term(code=code, value=value)
        if value:
            people.save(row, by=by, at=at, permission=keeper_of_term(code, by), adding=False)
        else:
            people.remove(row, by=by, at=at, permission=keeper_of_term(code, by))
    return len(changed)


def keeper_of_term(code: str, by: Actor) -> P:
    """Who sets a term: what counts as unusual looking is, once the three are parted, not for those
    who keep the catalogue and may be looked at themselves."""
    return P.SECURITY if by.separated and code.startswith(WATCHING) else P.CATALOG


def _wrong(code: str, value: str) -> str:
    if len(value) > 400:
        return _("最多 400 字。")
    try:
        if value:
            terms.parse(get_type_hints(terms.Terms)[code], value)
    except Invalid as refusal:
        return str(refusal)
    return ""
