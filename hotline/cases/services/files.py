"""Uploads: checked by what they hold, staged before any lock is taken, recorded with the rest."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotline.base import jobs
from hotline.base.refusals import Invalid
from hotline.cases.codes import Seal
from hotline.cases.kinds import Kind, Unfit, kind_of
from hotline.cases.models import Attachment, Case, WorkOrder
from hotline.cases.models.files import FileState
from hotline.drivers.bucket import Address, Bucket
from hotline.drivers.stores import Folder, Store, StoreDown
from hotline.people.models import User

if TYPE_CHECKING:
    Upload = UploadedFile[Any]
else:
    Upload = UploadedFile

NAME_MOST = 200  # characters
RAW, SMALL = "raw", "small"  # beside what is opened: a photo as it came, and one for lists


@cache
def _store_at(where: str | Path) -> Store:
    return Bucket(Address.of(where)) if isinstance(where, str) else Folder(where)


def store() -> Store:
    """Where this house keeps its files: the bucket of the settings, or else their folder."""
    return _store_at(settings.FILES_URL or Path(settings.FILES))


def name_of(row: Attachment, variant: str = "") -> str:
    """The name in the store; ``variant`` is "", ``RAW`` or ``SMALL``."""
    return f"{row.key}.{variant}" if variant else row.key


def names_of(row: Attachment) -> list[str]:
    """Every name under which the store may have bytes of it."""
    return [name_of(row, variant) for variant in ("", RAW, SMALL)]


def as_sent(row: Attachment) -> str:
    """The variant that holds what the sender sent, until it has been judged."""
    return RAW if row.is_photo else ""


@contextmanager
def staged(
    uploads: Sequence[Upload] | None, case: Case | None = None
) -> Iterator[list[Attachment]]:
    """The bytes of uploads in the store, before any lock is taken; gone again where what follows fails.

    Raises Invalid, and keeps none, when one of them is too large, empty, not of a kind that is taken,
    or one too many for the request, or when the store does not take them.
    """
    uploads = uploads or ()
    already = case.attachments.count() if uploads and case is not None and case.pk else 0
    kinds = check(uploads, already=already)
    rows = [_row(upload, kind) for upload, kind in zip(uploads, kinds, strict=True)]
    try:
        for upload, row in zip(uploads, rows, strict=True):
            _keep(upload, row)
        yield rows
    except BaseException:
        _forget([name for row in rows for name in names_of(row)])
        raise


def record(
    rows: list[Attachment],
    case: Case,
    *,
    at: datetime,
    signed: User | None = None,
    order: WorkOrder | None = None,
) -> list[Attachment]:
    """Make staged files part of a request; those that are to be judged first, a job judges."""
    for row in rows:
        row.case, row.order, row.by, row.at = case, order, signed, at
        row.withheld = order is None and case.hides_requester and not row.is_photo
        row.sealed = order is None and case.seal == Seal.CRISIS
        row.save(force_insert=True)
        if row.state == FileState.PENDING:
            jobs.defer("cases.judge_file", attachment_id=row.pk)
    return rows


def drop(rows: Iterable[Attachment]) -> None:
    """Delete files: their rows now, their bytes once that is committed."""
    for row in rows:
        forget_later(row)
        row.delete()


def forget_later(row: Attachment) -> None:
    """Drop the bytes of a file once what is being done is committed."""
    transaction.on_commit(partial(_forget, names_of(row)))


def check(uploads: Sequence[Upload], *, already: int = 0) -> list[Kind]:
    """What each upload really is. Raises Invalid, which says of each that cannot be taken why."""
    if len(uploads) + already > settings.FILES_MOST:
        words = _("最多上传 %(most)d 个文件。") % {"most": settings.FILES_MOST}
        raise Invalid(words, uploads=words)
    kinds, faults = [], []
    for upload in uploads:
        try:
            kinds.append(_kind_of(upload))
        except Unfit as fault:
            faults.append(
                _("文件“%(name)s”%(why)s。") % {"name": _short(upload), "why": fault.words}
            )
    if faults:
        raise Invalid(_together(faults), uploads="\n".join(faults))
    return kinds


def _together(faults: list[str]) -> str:
    if len(faults) == 1:
        return faults[0]
    words = ngettext("有 %d 个文件不能接收。", "有 %d 个文件不能接收。", len(faults))
    return words % len(faults)


def _short(upload: Upload) -> str:
    return (upload.name or "")[-60:]


def _kind_of(upload: Upload) -> Kind:
    if not upload.size:
        raise Unfit(_("是空的"))
    if upload.size > settings.FILE_BYTES_MOST:
        most = settings.FILE_BYTES_MOST // (1024 * 1024)
        raise Unfit(_("超过 %(most)d MB") % {"most": most})
    kind = kind_of(upload, upload.name or "")
    upload.seek(0)
    return kind


def _row(upload: Upload, kind: Kind) -> Attachment:
    judged = not (kind.is_photo or settings.CLAMD)
    return Attachment(
        key=secrets.token_urlsafe(32),
        name=_named(upload.name or "", kind),
        mime=kind.mime,
        extension=kind.extension,
        size=upload.size or 0,
        state=FileState.READY if judged else FileState.PENDING,
    )


def _named(name: str, kind: Kind) -> str:
    """What its sender called it, with the ending that it should have had."""
    path = PurePath(name)
    right = path.suffix.lower() in ALIKE.get(kind.extension, {f".{kind.extension}"})
    named = name if right else f"{path.stem or name}.{kind.extension}"
    return named[-NAME_MOST:]


ALIKE = {"jpg": {".jpg", ".jpeg", ".jfif"}, "heic": {".heic", ".heif"}, "doc": {".doc", ".wps"}}


def _keep(upload: Upload, row: Attachment) -> None:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    row.sha256 = digest.hexdigest()
    try:
        store().keep(name_of(row, as_sent(row)), upload)
    except StoreDown:
        words = _("文件暂时无法保存，您填写的内容已保留，请稍后再试。")
        raise Invalid(words, uploads=words) from None


def _forget(names: list[str]) -> None:
    """Bytes that no row needs; where the store does not answer, the sweeper finds them."""
    try:
        store().drop(names)
    except StoreDown:
        return
