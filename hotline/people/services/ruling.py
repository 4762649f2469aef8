"""The school's own numbers for the rules of accounts."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, Stale
from hotline.people import queries, rules
from hotline.people.actor import Actor
from hotline.people.models import AccountRule
from hotline.people.permissions import P
from hotline.people.services import rows


@transaction.atomic
def set_rules(
    values: Mapping[str, int | None], *, by: Actor, at: datetime, seen: int | None = None
) -> int:
    """Set the rules that differ from what is in force, all or none; how many did. None is the default.

    Raises NotAllowed, Stale, and Invalid with each code at fault.
    """
    rows.allow(by, P.SECURITY)
    rows.one_at_a_time(AccountRule)
    if seen is not None and seen != queries.latest_rule_change():
        raise Stale(_("规则刚刚被其他人修改过。您填写的内容已保留，请核对后再保存。"))
    now = {row.code: row for row in AccountRule.objects.all()}
    held = {code: row.value for code, row in now.items()}
    changed = {code: value for code, value in values.items() if value != held.get(code)}
    _refuse_nonsense(changed)
    for code, value in changed.items():
        row = now.get(code) or AccountRule(code=code)
        if value is None:
            rows.remove(row, by=by, at=at, permission=P.SECURITY)
        else:
            row.value = value
            rows.save(row, by=by, at=at, permission=P.SECURITY)
    return len(changed)


def _refuse_nonsense(values: Mapping[str, int | None]) -> None:
    wrong = {}
    for code, value in values.items():
        least, most = rules.bounds(code)
        if code not in rules.codes() or (value is not None and not least <= value <= most):
            words = _("须为 %(least)d 到 %(most)d 的整数。")
            wrong[code] = words % {"least": least, "most": most}
    if wrong:
        raise Invalid(_("请更正标出的内容。"), **wrong)
