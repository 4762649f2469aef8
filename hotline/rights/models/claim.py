"""What a person asks of the office about their own data, until it is done or refused by a law."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.base.encrypted import EncryptedText
from hotline.base.labels import Spoken
from hotline.cases.models import Case
from hotline.people.models import User


class ClaimKind(TextChoices):
    CASE = "CASE", _("删除一件诉求中的个人信息")
    PERSON = "PERSON", _("删除全部个人信息并注销账号")
    CORRECT = "CORRECT", _("更正个人信息")


class Fact(TextChoices):
    """What we have from the campus directory. Of an account, the column of the same name."""

    NAME = "NAME", _("姓名")
    ACCOUNT = "ACCOUNT", _("学号/工号")
    KIND = "KIND", _("身份")
    COLLEGE = "COLLEGE", _("所在单位")


class ClaimState(TextChoices):
    OPEN = "OPEN", _("待决定")
    GRANTED = "GRANTED", _("已同意，待执行")
    DONE = "DONE", _("已完成")
    REFUSED = "REFUSED", _("未同意")
    UNDONE = "UNDONE", _("本人已撤回")


class Ground(TextChoices):
    """Why the office may refuse to erase: the law's own list, and nothing else."""

    PERIOD = "PERIOD", _("法律、行政法规规定的保存期限尚未届满（个人信息保护法第四十七条）")
    DUTY = "DUTY", _("为履行法定职责或法定义务所必需（第十三条第一款第三项）")
    LIFE = "LIFE", _("紧急情况下为保护自然人的生命健康所必需（第十三条第一款第四项）")
    PROCEEDING = "PROCEEDING", _("诉讼、信访、纪检等法定程序正在进行，须依法保存")
    TECHNICAL = "TECHNICAL", _("删除在技术上难以实现：停止除存储和安全保护以外的处理（第四十七条）")
    IDENTITY = "IDENTITY", _("无法核实申请人是否为本人")


class Claim(Spoken):
    """One wish: to be forgotten, in one request or altogether, or that a fact be put right. ``user`` is
    None for the bearer of an anonymous request's code."""

    kind = models.CharField(max_length=7, choices=ClaimKind)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=7, choices=ClaimState, default=ClaimState.OPEN)
    words = EncryptedText(of="claim", max_length=1000, blank=True, default="")
    fact = models.CharField(max_length=7, choices=Fact, blank=True, default="", db_default="")
    wanted = EncryptedText(  # what the fact should be
        of="claim", max_length=60, blank=True, default="", db_default=""
    )
    asked_at = models.DateTimeField()
    undo_until = models.DateTimeField()  # nobody grants it before: the person may think again
    due_at = models.DateTimeField()  # by then the office has decided
    reminded_at = models.DateTimeField(null=True)
    ground = models.CharField(max_length=10, choices=Ground, blank=True, default="")
    answer = EncryptedText(of="claim", max_length=1000, blank=True, default="")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    erased = models.PositiveIntegerField(default=0)  # requests made anonymous by it so far
    kept = models.PositiveIntegerField(default=0)  # requests that archive rules keep

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="claim_about_a_request_or_a_person",
                condition=Q(kind="CASE", case__isnull=False)
                | Q(kind__in=["PERSON", "CORRECT"], user__isnull=False, case__isnull=True),
            ),
            models.CheckConstraint(
                name="claim_correction_of_a_fact",
                condition=Q(kind="CORRECT") & ~Q(fact="") | ~Q(kind="CORRECT") & Q(fact=""),
            ),
            models.CheckConstraint(
                name="claim_refused_by_a_law",
                condition=~Q(state="REFUSED") | ~Q(ground="") | Q(kind="CORRECT"),
            ),
            models.UniqueConstraint(
                fields=["case"], name="claim_one_a_request",
                condition=Q(kind="CASE", state__in=["OPEN", "GRANTED"]),
            ),
            models.UniqueConstraint(
                fields=["user"], name="claim_one_a_person",
                condition=Q(kind="PERSON", state__in=["OPEN", "GRANTED"]),
            ),
            models.UniqueConstraint(
                fields=["user", "fact"], name="claim_one_a_fact",
                condition=Q(kind="CORRECT", state="OPEN"),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["state", "id"], name="claim_state"),
            models.Index(fields=["user", "-id"], name="claim_of", condition=Q(user__isnull=False)),
            models.Index(fields=["case", "-id"], name="claim_on", condition=Q(case__isnull=False)),
        ]

    @property
    def is_live(self) -> bool:
        return self.state in {ClaimState.OPEN, ClaimState.GRANTED}
