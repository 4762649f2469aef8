"""Recorded changes in words: who, when, and for each value what it was and what it became."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hotline.base.words import listed
from hotline.people.models import Revision
from hotline.people.permissions import P

Words = str | Promise
NOTHING = "—"
LATEST = 8  # changes beside a form
ACTS = {
    "PASSWORD": gettext_lazy("重设密码"),
    "UNLOCK": gettext_lazy("解除登录锁定"),
    "FACTORS": gettext_lazy("取消两步验证"),
    "CLOSED": gettext_lazy("注销账号"),
    "DUTIES_ON": gettext_lazy("启用三员分立"),
    "DUTIES_ASK": gettext_lazy("申请停用三员分立"),
    "DUTIES_OFF": gettext_lazy("同意停用三员分立"),
    "DUTIES_KEPT": gettext_lazy("不同意停用三员分立"),
}
RULES = "unit_rules"  # of a category: recorded with it, though they stand in a table of their own


@dataclass(frozen=True)
class Change:
    """One value of a row: what it was and what it became."""

    label: Words
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One change of a row."""

    at: datetime
    by: str
    title: str
    changes: list[Change]


def lines(revisions: Iterable[Revision]) -> list[Line]:
    """Changes ready to be read; rows that they point to are looked up once for all of them."""
    found = list(revisions)
    names = _Names(found)
    return [_line(revision, names) for revision in found]


def latest_of(model: type[models.Model], labels: Mapping[str, Words]) -> list[tuple[Words, Line]]:
    """The latest changes of a table of many small rows, each with the label of its row."""
    changes = Revision.objects.filter(kind=model._meta.label_lower).select_related("by")
    return [
        (labels.get(change.code, change.code), line)
        for change in changes.order_by("-id")[:LATEST]
        for line in lines([change])
    ]


def _line(revision: Revision, names: "_Names") -> Line:
    before, after = _sides(revision)
    model = apps.get_model(revision.kind)
    keys = [key for key in {**before, **after} if _is_told(model, key)]
    changed = [key for key in keys if before.get(key) != after.get(key)]
    if revision.data.get("before") is None:
        changed = [key for key in changed if after.get(key) not in (None, "", [], False)]
    return Line(
        at=revision.at,
        by=str(revision.by) if revision.by else _("系统"),
        title=_title(revision),
        changes=[
            Change(_label(model, key), names.say(key, before), names.say(key, after))
            for key in changed
        ],
    )


def _sides(revision: Revision) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    return revision.side("before") or {}, revision.side("after") or {}


def _title(revision: Revision) -> str:
    if words := ACTS.get(revision.data.get("what", "")):
        return str(words)
    if revision.data.get("before") is None:
        return pgettext("done", "新建")
    if revision.data.get("after") is None:
        return _("恢复默认")
    return pgettext("done", "修改")


def _label(model: type[models.Model], key: str) -> Words:
    more = {RULES: _("地点词规则"), "permissions": _("权限"), "must_change_password": _("须改密码")}  # fmt: skip
    if key in more:
        return more[key]
    field = _field(model, key)
    return field.verbose_name if field else key


def _is_told(model: type[models.Model], key: str) -> bool:
    """A column without a label is the house's own: the key of a template, say."""
    return str(_label(model, key)) != key.replace("_", " ")


def _field(model: type[models.Model], key: str) -> Any:
    """The field of a recorded value: foreign keys are recorded as their column."""
    for name in (key, key.removesuffix("_id")):
        try:
            return model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


class _Names:
    """Rows that recorded changes point to, by name: one query for each kind of row."""

    def __init__(self, revisions: list[Revision]) -> None:
        self.model = apps.get_model(revisions[0].kind) if revisions else Revision
        wanted: dict[type[models.Model], set[Any]] = {}
        for revision in revisions:
            for side in _sides(revision):
                self._collect(side, wanted)
        self.rows = {model: model._default_manager.in_bulk(ids) for model, ids in wanted.items()}

    def _collect(self, side: Mapping[str, Any], wanted: dict[type[models.Model], set[Any]]) -> None:
        for key, value in side.items():
            if target := self._target(key):
                ids = value if isinstance(value, list) else [value]
                wanted.setdefault(target, set()).update(i for i in ids if i is not None)
            for rule in value if key == RULES else ():
                wanted.setdefault(self._leads(), set()).add(rule["lead_id"])

    def _leads(self) -> type[models.Model]:
        return apps.get_model("people.unit")

    def _target(self, key: str) -> type[models.Model] | None:
        field = None if key == RULES else _field(self.model, key)
        return field.related_model if field is not None and field.is_relation else None

    def say(self, key: str, side: Mapping[str, Any]) -> str:
        """A recorded value as a person says it."""
        value = side.get(key)
        if value is None or value in ("", []):
            return NOTHING
        if key == RULES:
            return _("；").join(
                f"{listed(rule['words'])} → {self._name(self._leads(), rule['lead_id'])}"
                for rule in value
            )
        if target := self._target(key):
            ids = value if isinstance(value, list) else [value]
            return listed(self._name(target, i) for i in ids)
        return _plain(_field(self.model, key), value)

    def _name(self, model: type[models.Model], pk: Any) -> str:
        return str(self.rows.get(model, {}).get(pk, pk))


def _plain(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        labels = dict(P.choices)
        return listed(labels.get(item, item) for item in value)
    return str(dict(field.flatchoices).get(value, value)) if field else str(value)
