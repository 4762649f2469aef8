"""Data at its age: planned, removed a bounded piece at a time, and certified; rules set and recorded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.audit import canon, keys
from hotline.base.refusals import NotAllowed
from hotline.people import services as people
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.rights import rules
from hotline.rights.classes import KEEPERS, Due
from hotline.rights.models import Act, Certificate, RetentionRule
from hotline.rights.rules import Rule
from hotline.worktime.clock import ZONE

MOST = {"REQUEST": 200, "LOOK": 20_000, "MESSAGE": 5_000}  # rows of a class in one run
MOST_ELSE = 500


@dataclass(frozen=True)
class Planned:
    """One class with its rule, and what a run at this moment would do."""

    rule: Rule
    before: datetime | None
    due: Due


def plan(*, at: datetime) -> list[Planned]:
    """What is due, class by class; changes nothing."""
    found = []
    for rule in rules.current():
        before = rule.before(at)
        due = KEEPERS[rule.code].due(before) if before else Due(0)
        found.append(Planned(rule, before, due))
    return found


@dataclass(frozen=True)
class Ran:
    """What one run has done: how much of each class, the paper of it, and whether more is due."""

    counts: Mapping[str, int]
    certificate: Certificate | None
    more: bool


def run(*, by: Actor, at: datetime) -> Ran:
    """Remove what is due, at most so much of each class, and certify it. Raises NotAllowed.

    Each piece is a transaction of its own: what is done is done, and the next run goes on from there.
    """
    if not (by.is_system or by.may(P.PRIVACY)):
        raise NotAllowed(_("您没有管理保存期限的权限。"))
    counts, more, held = {}, False, rules.current()
    for rule in held:
        before = rule.before(at)
        if before is None:
            continue
        most = MOST.get(rule.code, MOST_ELSE)
        done = KEEPERS[rule.code].run(before, at, most)
        more = more or done >= most
        if done:
            counts[rule.code] = done
    certificate = _certify(counts, held, by=by, at=at) if counts else None
    return Ran(counts, certificate, more)


@transaction.atomic
def _certify(
    counts: Mapping[str, int], held: list[Rule], *, by: Actor, at: datetime
) -> Certificate:
    people.one_at_a_time(Certificate)
    last = Certificate.objects.order_by("-number").values_list("number", flat=True).first() or 0
    lines = [
        {"class": rule.code, "act": rule.act, "days": rule.days, "before": _moment(rule.before(at)),
         "count": counts[rule.code]}
        for rule in held if rule.code in counts
    ]  # fmt: skip
    body = canon.written({
        "version": 1, "number": last + 1, "made_at": _moment(at), "by": by.user_id, "key": keys.public(),
        "lines": lines,
    })  # fmt: skip
    return Certificate.objects.create(
        number=last + 1, at=at, by=by.user, body=body, digest=canon.digest(body),
        signature=keys.sign(body),
    )  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.astimezone(ZONE).isoformat() if at else ""


def written(row: Certificate) -> str:
    """A certificate as the file that is kept elsewhere."""
    said = {"body": row.body, "signature": row.signature}
    return json.dumps(said, indent=1, sort_keys=True) + "\n"


def is_genuine(text: str, *, trusted: list[str]) -> dict[str, Any] | None:
    """What a certificate's file says, if one of these keys has signed it; else None."""
    try:
        told = json.loads(text)
        body, signature = str(told["body"]), str(told["signature"])
        signed = any(keys.is_signed(body, signature, key) for key in trusted)
        said: dict[str, Any] = json.loads(body)
    except (ValueError, KeyError, TypeError):
        return None
    return said if signed else None


@transaction.atomic
def set_rules(
    values: Mapping[str, tuple[str, int | None]],
    *,
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> int:
    """Set what differs from what is in force, all or none; how many rules did. By class: act and days.

    Raises NotAllowed, Stale, and Invalid with each class at fault.
    """
    people.allow(by, P.PRIVACY)
    people.take_turn(RetentionRule, seen=seen)
    wanted = {
        code: Rule(code, act, None if act == Act.KEEP else days)
        for code, (act, days) in values.items()
    }
    held = {rule.code: rule for rule in rules.current()}
    changed = [rule for code, rule in wanted.items() if rule != held.get(code)]
    people.refuse({rule.code: _wrong(rule) for rule in changed})
    own = {row.code: row for row in RetentionRule.objects.all()}
    for rule in changed:
        row = own.get(rule.code) or RetentionRule(code=rule.code)
        if rule == rules.SHIPPED[rule.code]:
            people.remove(row, by=by, at=at, permission=P.PRIVACY)
            continue
        row.act, row.days = rule.act, rule.days
        people.save(row, by=by, at=at, permission=P.PRIVACY)
    return len(changed)


def _wrong(rule: Rule) -> str:
    bounds = rules.BOUNDS.get(rule.code)
    if bounds is None or rule.act not in bounds.acts:
        return _("这一类不能这样处理。")
    if rule.act == Act.KEEP or bounds.least <= (rule.days or 0) <= bounds.most:
        return ""
    words = _("须为 %(least)d 到 %(most)d 的整数。")
    return words % {"least": bounds.least, "most": bounds.most}
