"""One row of administered data at a time: checked, written, and its change recorded."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from hotline.base.encrypted import EncryptedText
from hotline.base.refusals import Invalid, NotAllowed, Stale
from hotline.people import queries
from hotline.people.actor import Actor
from hotline.people.models import Revision
from hotline.people.permissions import P

NOT_RECORDED = {"id", "password", "last_login"}
Extra = Callable[[], Mapping[str, Any]]


def save(
    row: models.Model,
    *,
    by: Actor,
    at: datetime,
    permission: P | None = P.PEOPLE,
    adding: bool = True,
    fields: Collection[str] | None = None,
    seen: int | None = None,
) -> None:
    """Validate and write one row of administered data, and record what changed.

    ``adding=False`` lets a row with a natural key take the place of the one there is;
    ``fields`` limits the writing to some columns of a row that exists; ``seen`` is the number
    of the latest change that the person saw; ``permission`` is None where the caller has checked
    that it is their own. Raises NotAllowed without ``permission``, Stale
    when somebody has changed the row since, Invalid when the row cannot be so.
    """
    with recorded(row, by=by, at=at, permission=permission, seen=seen):
        write(row, adding=adding, fields=fields)


def write(row: models.Model, *, adding: bool = True, fields: Collection[str] | None = None) -> None:
    """Check a row and write it; inside ``recorded``, which turns what is wrong into words."""
    row.full_clean(validate_unique=adding)
    row.save(update_fields=None if row._state.adding else fields)


def remove(
    row: models.Model,
    *,
    by: Actor,
    at: datetime,
    permission: P = P.PEOPLE,
    seen: int | None = None,
) -> None:
    """Take away a row that only overrides a default, and record it. Raises NotAllowed or Stale."""
    allow(by, permission)
    with transaction.atomic():
        old = _locked(row)
        _refuse_stale(row, seen)
        if old is not None:
            before = snapshot(old)
            old.delete()
            _record(row, before, None, by=by, at=at)


@contextmanager
def recorded(
    row: models.Model,
    *,
    by: Actor,
    at: datetime,
    permission: P | None = P.PEOPLE,
    seen: int | None = None,
    extra: Extra = dict,
    what: str = "",
) -> Iterator[None]:
    """Lock a row, let the block write it, and record what it was and what it became.

    ``extra`` tells what belongs to the row but stands in other tables; ``what`` names a change
    that the values do not show. A code, once given, stays. Raises as ``save`` does.
    """
    if permission is not None:
        allow(by, permission)
    try:
        with transaction.atomic():
            old = _locked(row)
            _refuse_stale(row, seen)
            _refuse_new_code(old, row)
            before = {**snapshot(old), **extra()} if old is not None else None
            yield
            after = {**snapshot(row), **extra()}
            if before != after or what:
                _record(row, before, after, by=by, at=at, what=what)
    except ValidationError as error:
        raise Invalid(_("请更正标出的内容。"), **_first_words(error)) from None
    except IntegrityError:
        raise Invalid(_("编码或号码与已有的重复。")) from None


def one_at_a_time(model: type[models.Model]) -> None:
    """Whoever adds to a table, or sets what has no row yet, waits here for the one before, until the
    transaction ends: there is no row to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [model._meta.label_lower])


def allow(by: Actor, permission: P) -> None:
    """Raises NotAllowed unless this person may change this kind of data."""
    if not (by.is_system or by.may(permission)):
        raise NotAllowed(_("您没有修改这项数据的权限。"))


def snapshot(row: models.Model) -> dict[str, Any]:
    """What a row says, as JSON has it: no secrets, many-to-many as sorted ids."""
    data = {
        f.attname: _plain(getattr(row, f.attname))
        for f in row._meta.concrete_fields
        if f.editable and f.attname not in NOT_RECORDED
    }
    for many in row._meta.many_to_many:
        data[many.name] = sorted(getattr(row, many.name).values_list("pk", flat=True))
    return data


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str | list | bool | None) else str(value)


def _locked(row: models.Model) -> models.Model | None:
    """The row as it stands, locked until the transaction ends; None when it is new."""
    if row.pk is None:
        return None
    return type(row)._default_manager.select_for_update().filter(pk=row.pk).first()


def _refuse_stale(row: models.Model, seen: int | None) -> None:
    if seen is not None and seen != queries.latest_change(row):
        raise Stale(_("这项数据刚刚被其他人修改过。您填写的内容已保留，请核对后再保存。"))


def _refuse_new_code(old: models.Model | None, row: models.Model) -> None:
    if old is not None and getattr(old, "code", None) != getattr(row, "code", None):
        words = _("编码启用后不能修改。")
        raise Invalid(words, code=words)


def _record(
    row: models.Model,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    by: Actor,
    at: datetime,
    what: str = "",
) -> None:
    revision(row, before, after, by=by, at=at, what=what).save()


def revision(
    row: models.Model,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    by: Actor,
    at: datetime,
    what: str = "",
) -> Revision:
    """The record of one change, not yet written; nothing before is a new row, nothing after none."""
    kind, code = queries.key_of(row)
    apart = encrypted_names(row)
    data: dict[str, Any] = {"what": what} if what else {}
    personal = {}
    for side, said in (("before", before), ("after", after)):
        data[side] = said if said is None else {n: v for n, v in said.items() if n not in apart}
        personal[side] = {n: v for n, v in (said or {}).items() if n in apart}
    kept = personal if any(personal.values()) else None
    return Revision(kind=kind, code=code, data=data, personal=kept, by=by.user, at=at)


def encrypted_names(row: models.Model) -> frozenset[str]:
    """Columns of a row that only the platform can read: neither can whoever has its history."""
    fields = row._meta.concrete_fields
    return frozenset(f.attname for f in fields if isinstance(f, EncryptedText))


def _first_words(error: ValidationError) -> dict[str, str]:
    if not hasattr(error, "error_dict"):
        return {}
    return {field: messages[0] for field, messages in error.message_dict.items()}
