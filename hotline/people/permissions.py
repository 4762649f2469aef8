"""Everything that a role may be allowed. Which role allows what is data (data/roles.yaml)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class P(TextChoices):
    """A permission: the thing it is about, and what may be done with it."""

    REGISTER = "case.register", _("代为登记诉求")
    READ_OPEN = "case.read_open", _("查看待受理诉求")
    READ_ALL = "case.read_all", _("查看全部诉求（密封件除外）")
    TRIAGE = "case.triage", _("受理、分类、要求补充、并单")
    ANSWER = "case.answer", _("直接答复")
    DECLINE = "case.decline", pgettext_lazy("button", "不予受理")
    CONFIRM = "case.confirm", _("确认投诉举报的不予受理")
    DISPATCH = "case.dispatch", _("派单")
    DECIDE = "case.decide", _("审批退单、延期、挂起、重办、转出")
    REVIEW = "case.review", _("审核答复")
    UNMASK = "case.unmask", _("批准查看诉求人完整身份")
    VISIT = "case.visit", _("回访")
    INSTRUCT = "case.instruct", _("批示或登记批示")
    SUPERVISE = "case.supervise", _("督查督办")
    PETITION = "case.petition", _("接收转信访事项")
    DISCIPLINE = "case.discipline", _("接收纪检与师德线索")
    CRISIS = "case.crisis", _("处置危机件")
    OFFICE = "case.office", _("受理和办理反映热线办的诉求")
    CITY = "case.city", _("登记 12345 工单")
    HANDLE = "order.handle", _("签收、办理、答复本单位工单")
    APPROVE = "order.approve", _("审签本单位投诉举报的答复")
    FIGURES = "figures.read", _("查看全部统计")
    UNIT_FIGURES = "figures.unit", _("查看本单位统计")
    PEOPLE = "admin.people", _("管理账号、单位与角色")
    SECURITY = "admin.security", _("管理角色、任职与安全规则（安全管理员）")
    CATALOG = "admin.catalog", _("管理分类、派单目录与时限")
    ROSTER = "roster.plan", _("排班")
    LOOKS = "audit.looks", _("查阅查看记录（审计）")
    NOTICES = "admin.notices", _("管理通知模板与通道")
    PRIVACY = "admin.privacy", _("管理隐私告知与保存期限")
    RIGHTS = "privacy.decide", _("决定删除等个人信息申请")
