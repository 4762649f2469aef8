"""Photos and files that belong to a request."""

from typing import ClassVar

from django.db import models
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotline.base.encrypted import EncryptedText
from hotline.cases.models.case import Case
from hotline.cases.models.order import WorkOrder
from hotline.people.models import User


class FileState(TextChoices):
    """Whether a file may be opened: not before it was judged, and not after it was found bad."""

    PENDING = (
        "PENDING",
        _("处理中"),
    )  # not yet scanned, or not yet stripped of what it tells besides
    READY = "READY", _("可查看")
    REFUSED = "REFUSED", _("无法处理")
    INFECTED = "INFECTED", _("有病毒，已隔离")
    DROPPED = "DROPPED", _("有病毒，已销毁")  # the bytes of an infected one, once its time was over


KINDS: dict[str, str | Promise] = {
    "jpg": _("照片"), "png": _("图片"), "webp": _("图片"), "heic": _("照片"), "pdf": "PDF",
    "doc": _("Word 文档"), "docx": _("Word 文档"), "odt": _("文档"),
    "xls": _("Excel 表格"), "xlsx": _("Excel 表格"), "ods": _("表格"),
    "ppt": _("演示文稿"), "pptx": _("演示文稿"), "odp": _("演示文稿"), "txt": _("文本"),
    "mp3": _("录音"), "m4a": _("录音"), "amr": _("录音"), "mp4": _("视频"),
}  # fmt: skip


class Attachment(models.Model):
    """One file. Its key says nothing and cannot be guessed; its own name stays with its sender."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="attachments")
    key = models.CharField(max_length=43)
    name = EncryptedText(of="filename", max_length=200)  # people name files after themselves
    mime = models.CharField(max_length=100)
    extension = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, default="", db_default="")  # of what is opened, in hex
    state = models.CharField(max_length=8, choices=FileState)
    scanned_at = models.DateTimeField(null=True)  # null: no scanner was there to ask
    finding = models.CharField(
        max_length=100, default="", db_default=""
    )  # what the scanner calls it
    sealed = models.BooleanField(default=False)  # part of a crisis file
    withheld = models.BooleanField(default=False)  # a clerk keeps it from the units
    inner = models.BooleanField(default=False, db_default=False)  # the office's: a leader's paper
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="attachment_key"),
            models.CheckConstraint(name="attachment_not_empty", condition=models.Q(size__gt=0)),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["at"], name="attachment_waiting", condition=models.Q(state="PENDING")
            ),
        ]

    @property
    def is_photo(self) -> bool:
        return self.mime.startswith("image/")

    @property
    def is_ready(self) -> bool:
        return self.state == FileState.READY

    @property
    def kind(self) -> str:
        """What it is, in a word or two."""
        return str(KINDS.get(self.extension, self.extension))
