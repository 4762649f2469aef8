"""Uploads: what they really are, and a picture without what it tells beyond itself."""

import os
import secrets
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from hotline.base import jobs
from hotline.base.refusals import Invalid
from hotline.cases.codes import Seal
from hotline.cases.models import Attachment, Case, WorkOrder
from hotline.cases.models.files import FileState
from hotline.people.models import User

if TYPE_CHECKING:
    Upload = UploadedFile[Any]
else:
    Upload = UploadedFile

PIXELS_MOST = 50_000_000
SIDE_MOST = 2560  # pixels; enough to read a notice on a wall
SMALL = 480
PHOTOS = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .doc, .xls and .ppt
OFFICE_XML = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OFFICE_OLD = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt"


class FileKind(NamedTuple):
    mime: str
    extension: str


@contextmanager
def staged(
    uploads: Sequence[Upload] | None, case: Case | None = None
) -> Iterator[list[Attachment]]:
    """The bytes of uploads on disk, before any lock is taken; gone again where what follows fails.

    Raises Invalid, and keeps none, when one of them is too large, empty, not what it claims, or one
    too many for the request.
    """
    uploads = uploads or ()
    already = case.attachments.count() if uploads and case is not None and case.pk else 0
    kinds = check(uploads, already=already)
    rows = [_row(upload, kind) for upload, kind in zip(uploads, kinds, strict=True)]
    try:
        for upload, row in zip(uploads, rows, strict=True):
            _keep(upload, path_of(row, "raw" if row.is_photo else ""))
        yield rows
    except BaseException:
        _unlink(path for row in rows for path in paths_of(row))
        raise


def record(
    rows: list[Attachment],
    case: Case,
    *,
    at: datetime,
    signed: User | None = None,
    order: WorkOrder | None = None,
) -> list[Attachment]:
    """Make staged files part of a request; photos are shown once a job has stripped them."""
    for row in rows:
        row.case, row.order, row.by, row.at = case, order, signed, at
        row.withheld = order is None and case.hides_requester and not row.is_photo
        row.sealed = order is None and case.seal == Seal.CRISIS
        row.save(force_insert=True)
        if row.is_photo:
            jobs.defer("cases.clean_photo", attachment_id=row.pk)
    return rows


def _row(upload: Upload, kind: FileKind) -> Attachment:
    photo = kind.mime.startswith("image/")
    return Attachment(
        key=secrets.token_urlsafe(32),
        name=(upload.name or "")[-200:],
        mime=kind.mime,
        extension=kind.extension,
        size=upload.size or 0,
        state=FileState.PENDING if photo else FileState.READY,
    )


def drop(rows: Iterable[Attachment]) -> None:
    """Delete files: their rows now, their bytes once that is committed."""
    for row in rows:
        paths = paths_of(row)
        row.delete()
        transaction.on_commit(partial(_unlink, paths))


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def check(uploads: Sequence[Upload], *, already: int = 0) -> list[FileKind]:
    """What each upload really is. Raises Invalid, naming the file, when one cannot be taken."""
    if len(uploads) + already > settings.FILES_MOST:
        _refuse(_("最多上传 %(most)d 个文件。") % {"most": settings.FILES_MOST})
    return [_kind_of(upload) for upload in uploads]


def path_of(row: Attachment, variant: str = "") -> Path:
    """Where the bytes are; ``variant`` is "", "raw" (as uploaded) or "small"."""
    name = f"{row.key}.{variant}" if variant else row.key
    return Path(settings.FILES) / row.key[:2] / name


def paths_of(row: Attachment) -> list[Path]:
    """Everywhere that bytes of it may be."""
    return [path_of(row, variant) for variant in ("", "raw", "small")]


def clean_photo(row: Attachment) -> None:
    """Re-encode a photo upright and without its metadata (place, time, camera). May run twice."""
    raw = path_of(row, "raw")
    row.refresh_from_db()
    if row.state != FileState.PENDING:
        return
    try:
        with Image.open(raw) as picture:
            picture.draft("RGB", (SIDE_MOST, SIDE_MOST))
            upright = ImageOps.exif_transpose(picture)
            _write(upright, path_of(row), row.extension, SIDE_MOST)
            _write(upright, path_of(row, "small"), row.extension, SMALL)
        state, size = FileState.READY, path_of(row).stat().st_size
    except (OSError, ValueError, Image.DecompressionBombError):
        state, size = FileState.REFUSED, row.size
    Attachment.objects.filter(pk=row.pk).update(state=state, size=size)
    raw.unlink(missing_ok=True)


def _write(picture: Image.Image, path: Path, extension: str, side: int) -> None:
    copy = picture.copy()
    copy.thumbnail((side, side))
    clean = Image.new(copy.mode, copy.size)
    clean.paste(copy)  # a new picture: nothing but pixels comes along
    if clean.mode == "P" and copy.palette:
        clean.putpalette(copy.palette)
    target = path.with_suffix(".part")
    clean.save(target, {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[extension], quality=85)
    target.replace(path)


def _kind_of(upload: Upload) -> FileKind:
    name = upload.name or ""
    if not upload.size:
        _refuse(_("文件“%(name)s”是空的。") % {"name": name})
    if upload.size and upload.size > settings.FILE_BYTES_MOST:
        most = settings.FILE_BYTES_MOST // (1024 * 1024)
        _refuse(_("文件“%(name)s”超过 %(most)d MB。") % {"name": name, "most": most})
    upload.seek(0)
    head = upload.read(2048)
    upload.seek(0)
    kind = _photo(upload) or _document(upload, head, Path(name).suffix.lower().lstrip("."))
    upload.seek(0)
    if kind is None:
        _refuse(
            _("文件“%(name)s”不是可以接收的类型：请上传图片、PDF、Office 文档或文本。")
            % {"name": name}
        )
    return kind


def _photo(upload: Upload) -> FileKind | None:
    try:
        with Image.open(upload, formats=list(PHOTOS)) as picture:
            if picture.width * picture.height > PIXELS_MOST:
                _refuse(_("图片“%(name)s”的尺寸过大。") % {"name": upload.name})
            return FileKind(*PHOTOS[picture.format or ""])
    except Image.DecompressionBombError:
        _refuse(_("图片“%(name)s”的尺寸过大。") % {"name": upload.name})
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None


def _document(upload: Upload, head: bytes, extension: str) -> FileKind | None:
    if head.startswith(b"%PDF-") and extension == "pdf":
        return FileKind("application/pdf", "pdf")
    if head.startswith(OLE) and extension in OFFICE_OLD:
        return FileKind(OFFICE_OLD[extension], extension)
    if head.startswith(b"PK") and extension in OFFICE_XML and _is_office_xml(upload):
        return FileKind(OFFICE_XML[extension], extension)
    if extension == "txt" and b"\0" not in head:
        return FileKind("text/plain", "txt")
    return None


def _is_office_xml(upload: Upload) -> bool:
    try:
        with zipfile.ZipFile(upload) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _keep(upload: Upload, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as target:
        for chunk in upload.chunks():
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())


def _refuse(words: str) -> NoReturn:
    raise Invalid(words, uploads=words)
