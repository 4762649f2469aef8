"""Giving people what we hold of them: packed by a job, ready for seven days, then gone."""

import logging
import secrets
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.refusals import NotAllowed, TooMany, WrongState
from hotline.cases import folder, policies
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services.files import name_of, store
from hotline.cases.sight import Sight, sight_of
from hotline.drivers.stores import Missing, Pieces
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.rights import portrait
from hotline.rights.models import Export, ExportState
from hotline.rights.package import Package, inside

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)
A_DAY = timedelta(days=1)
A_DAY_MOST = 5  # packages of one person or request
APART = "~"  # begins the names of packages: the sweep of attachments does not know them


def ask(case: Case | None, *, by: Actor, at: datetime) -> Export:
    """Ask for everything of one's own, or for one request without an owner by its code.

    Raises NotAllowed for anybody else's, WrongState while one is being packed, TooMany after five a day.
    """
    if case is not None and not (policies.is_requester(by, case) and case.erased_at is None):
        raise NotAllowed(_("只有诉求人本人可以导出。"))
    if case is None and by.user is None:
        raise NotAllowed(_("请先登录。"))
    subject = {"case": case, "user": None} if case is not None else {"case": None, "user": by.user}
    recent = Export.objects.filter(**subject, asked_at__gt=at - A_DAY)
    if recent.count() >= A_DAY_MOST:
        raise TooMany(_("今天已经导出多次，请明天再来。"), seconds=int(A_DAY.total_seconds()))
    try:
        with transaction.atomic():
            export = Export.objects.create(**subject, asked_at=at)
            jobs.defer(
                "rights.export",
                export_id=export.pk,
                language=translation.get_language() or "zh-hans",
            )
    except IntegrityError:
        raise WrongState(_("上一份正在打包，请稍候。")) from None
    return export


def is_own(export: Export, by: Actor) -> bool:
    """Is it this person's, or of the request whose code they bear?"""
    if export.user_id is not None:
        return export.user_id == by.user_id
    return export.case_id in by.bearer_of


def build(export: Export, *, at: datetime, language: str) -> None:
    """Pack it. Once more changes nothing; what goes wrong is said, and the job fails."""
    if export.state != ExportState.WAITING:
        return
    try:
        with translation.override(language), tempfile.TemporaryFile() as target:
            cases = list(_cases(export))
            Export.objects.filter(pk=export.pk).update(total=len(cases), done=0)
            _pack(export, cases, Package(target), at, language)
            size = target.tell()
            target.seek(0)
            key = f"{APART}{secrets.token_urlsafe(32)}"
            store().keep(key, target)
    except Exception:
        Export.objects.filter(pk=export.pk).update(state=ExportState.FAILED)
        raise
    mine = Export.objects.filter(pk=export.pk, state=ExportState.WAITING)
    if not mine.update(
        state=ExportState.READY, key=key, size=size, ready_at=at, expires_at=at + KEPT
    ):
        store().drop([key])  # another worker was quicker
    elif export.user_id is not None:
        jobs.defer(
            "notices.tell", people=[export.user_id], template="export_ready", key=f"export{export.pk}",
            ladder=["WECOM", "PAGE"],
        )  # fmt: skip


def _cases(export: Export) -> Iterator[Case]:
    if export.case_id is not None:
        yield from Case.objects.filter(pk=export.case_id, erased_at=None)
        return
    rows = Case.objects.filter(owner=export.user).exclude(state=State.DRAFT).order_by("id")
    yield from rows.iterator(chunk_size=100)


def _actor(export: Export, at: datetime) -> Actor:
    if export.user is not None:
        return people.actor_of(export.user, on=localdate(at))
    return Actor(bearer_of=frozenset({export.case_id} if export.case_id else ()))


def _pack(export: Export, cases: list[Case], package: Package, at: datetime, language: str) -> None:
    told: portrait.Row = portrait.of_person(export.user) if export.user is not None else {}
    requests, taken = [], set[str]()
    by = _actor(export, at)
    for count, case in enumerate(cases, 1):
        sight = sight_of(by, folder.furnish(case), at=at)
        if not sight.is_self:  # it has become somebody else's, or anonymous, at this moment
            continue
        row = portrait.of_case(sight)
        row["files"] = list(_files(sight, by, package, taken))
        requests.append(row)
        Export.objects.filter(pk=export.pk).update(done=count)
    package.close({"made": f"{at:%Y-%m-%d %H:%M} UTC", **told, "requests": requests}, language)


def _files(sight: Sight, by: Actor, package: Package, taken: set[str]) -> Iterator[str]:
    """The files that the requester may open, each under its name; those whose bytes are gone are left out."""
    for row in sight.attachments:
        if not (row.is_ready and sight.opens(row, by=by)):
            continue
        try:
            pieces: Pieces = store().read(name_of(row))
        except Missing:
            log.error("file %s has no bytes: left out of an export", row.pk)
            continue
        path = inside(sight.case.number or "", sight.file_name(row), taken)
        package.file(path, pieces)
        yield path


def expire(*, before: datetime, most: int) -> int:
    """Delete packages that were asked for before a moment; how many. Raises StoreDown."""
    rows = old(before).order_by("id")[:most]
    for row in rows:
        if row.key:
            store().drop([row.key])
        Export.objects.filter(pk=row.pk).update(state=ExportState.GONE, key="", size=0)
    return len(rows)


def old(before: datetime) -> QuerySet[Export]:
    """Packages past their time."""
    return Export.objects.filter(asked_at__lt=before).exclude(state=ExportState.GONE)


def forget_person(user: User) -> None:
    """Of an account that is going: its packages go with it."""
    _forget(Export.objects.filter(user=user))


def forget_case(case: Case) -> None:
    """Of a request that is made anonymous: its own packages; those of a person are theirs."""
    _forget(Export.objects.filter(case=case))


def _forget(rows: QuerySet[Export]) -> None:
    keys = [key for key in rows.values_list("key", flat=True) if key]
    rows.delete()
    if keys:
        transaction.on_commit(lambda: store().drop(keys))
