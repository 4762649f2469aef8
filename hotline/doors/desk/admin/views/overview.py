"""Where administration begins: what there is, how much of it, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from hotline.cases.models import Recusal
from hotline.cases.services.recusing import may_keep
from hotline.catalog import calendars, policy, privacy
from hotline.catalog.models import (
    Category,
    Place,
    Policy,
    Publication,
    Reason,
    RequestType,
    Term,
    UnitRule,
    Urgency,
)
from hotline.catalog.services import privacy as publishing
from hotline.doors.desk.admin import staffing
from hotline.doors.desk.admin.frame import Words, page
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.limits.models import OwnLimit
from hotline.notices import ways, wording
from hotline.notices.models import Gateway, Message, Template
from hotline.oversight.models import Rung
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.models import Membership, Role, User
from hotline.people.permissions import P
from hotline.rights.models import Certificate, RetentionRule
from hotline.surge.models import Surge
from hotline.surge.queries import current
from hotline.upkeep.findings import Asked, Level, examine

MISSED_FROM = (11, 1)  # from this day on the next year's holidays are missed


@dataclass(frozen=True)
class Card:
    """One part of the administration: how much there is, and what asks for attention."""

    label: Words
    icon: str
    url: str
    count: int | None  # None: nothing to count
    words: Words = ""
    warning: Words = ""


@require_safe
@only_for(P.PEOPLE, P.SECURITY, P.CATALOG, P.NOTICES, P.PRIVACY)
def overview(request: HouseRequest) -> HttpResponse:
    groups: list[tuple[str, list[Card]]] = []
    if cards := list(_people(request.actor)):
        groups.append((_("人与单位"), cards))
    if request.actor.may(P.CATALOG):
        groups.append((_("分类与承诺"), [*_catalog(), *_promises(localdate())]))
    if request.actor.may(P.NOTICES):
        groups.append((_("消息"), list(_notices())))
    if request.actor.may(P.PRIVACY):
        groups.append((_("个人信息"), list(_privacy())))
    if platform := list(_platform(request.actor)):
        groups.append((_("平台"), platform))
    return page(request, "overview.html", {"groups": groups, "here": "overview"})


def _privacy() -> Iterator[Card]:
    versions, writing = privacy.published(), publishing.draft() is not None
    yield Card(
        _("隐私告知"), "shield-lock", reverse("desk:admin_privacy"), len(versions), _("版"),
        _("有草稿还没有发布") if writing else "",
    )  # fmt: skip
    yield Card(
        _("保存期限"), "archive", reverse("desk:admin_retention"), RetentionRule.objects.count(),
        _("项与默认值不同"),
    )  # fmt: skip
    yield Card(
        _("清除证明"), "file-text", reverse("desk:admin_certificates"), Certificate.objects.count(), _("份")
    )  # fmt: skip


def _platform(actor: Actor) -> Iterator[Card]:
    if actor.may(P.PEOPLE):
        yield from (_upkeep(), _surges())
    if actor.may(P.SECURITY):
        yield _limits()


def _upkeep() -> Card:
    found = examine(Asked(now(), reach_out=False))
    bad = sum(finding.level != Level.GOOD for finding in found)
    return Card(
        _("运行状况"), "chart-bar", reverse("desk:admin_upkeep"), len(found), _("项检查"),
        _("%d 项需要处理") % bad if bad else "",
    )  # fmt: skip


def _surges() -> Card:
    on = _("正在运行") if current(now()) else ""
    return Card(
        _("突发模式"), "users-group", reverse("desk:surges"), Surge.objects.count(), _("次"), on
    )


def _limits() -> Card:
    own = OwnLimit.objects.count()
    return Card(
        _("使用限额"), "adjustments", reverse("desk:admin_limits"), own, _("项与默认值不同")
    )


def _people(actor: Actor) -> Iterator[Card]:
    if actor.may_any(P.PEOPLE, P.SECURITY):
        yield from _registers()
    if actor.may(P.SECURITY):
        yield from _safety()
    if may_keep(actor):
        standing = Recusal.objects.filter(case=None, ended_at=None).count()
        yield Card(_("回避名单"), "logout", reverse("desk:admin_recusals"), standing)
    if actor.may_any(P.PEOPLE, P.SECURITY):
        words = _("已启用") if actor.separated else _("未启用")
        yield Card(_("三员分立"), "users-group", reverse("desk:admin_duties"), None, words)


def _registers() -> Iterator[Card]:
    units = [line for line in staffing.tree(localdate()) if line.unit.enabled]
    heads, contacts = (
        sum(line.lacks_head for line in units),
        sum(line.lacks_contact for line in units),
    )
    missing = [
        *([_("%d 个缺责任人") % heads] if heads else []),
        *([_("%d 个缺联系人") % contacts] if contacts else []),
    ]
    sections = sum(len(line.sections) for line in units)
    yield Card(
        pgettext("several", "单位"), "building", reverse("desk:admin_units"), len(units),
        _("科室 %d 个") % sections, _("，").join(missing),
    )  # fmt: skip
    accounts, off = User.objects.count(), User.objects.filter(is_active=False).count()
    words = _("其中停用 %d 个") % off if off else _("全部启用")
    yield Card(
        pgettext("several", "账号"), "users", reverse("desk:admin_accounts"), accounts, words
    )


def _safety() -> Iterator[Card]:
    """What the security administrator keeps, while there is one."""
    roles = Role.objects.filter(enabled=True).count()
    yield Card(
        pgettext("several", "角色"),
        "shield-lock",
        reverse("desk:admin_roles"),
        roles,
        _("权限与任职"),
    )
    held = Membership.objects.filter(people.in_force(localdate())).count()
    yield Card(_("权限复核"), "clipboard-list", reverse("desk:admin_reviews"), held, _("项任职"))
    shut = people.shut_gates(now()).count()
    yield Card(_("账号安全"), "lock", reverse("desk:admin_safety"), shut, _("处锁定"))


def _table(slug: str) -> str:
    return reverse("desk:admin_rows", args=[slug])


def _catalog() -> Iterator[Card]:
    categories = Category.objects.filter(enabled=True).count()
    off = Category.objects.filter(enabled=False).count()
    words = _("另有停用 %d 个") % off if off else _("小类，全部启用")
    yield Card(
        pgettext("several", "分类"), "sitemap", reverse("desk:admin_catalog"), categories, words
    )
    rules = UnitRule.objects.filter(category__enabled=True).count()
    yield Card(
        _("派单目录"), "send", reverse("desk:admin_directory"), categories,
        _("地点词规则 %d 条") % rules,
    )  # fmt: skip
    types = RequestType.objects.filter(enabled=True).count()
    yield Card(_("诉求类型"), "list", _table("types"), types)
    reasons = Reason.objects.filter(enabled=True).count()
    yield Card(_("原因代码"), "flag", _table("reasons"), reasons)
    places = Place.objects.filter(enabled=True).count()
    missing = "" if places else _("还没有校区和楼宇，提交诉求时无法选择地点")
    yield Card(_("校区与楼宇"), "map-pin", _table("places"), places, "", missing)


def _promises(today: date) -> Iterator[Card]:
    """When what is due, and what happens then."""
    tiers = Urgency.objects.filter(enabled=True).count()
    yield Card(_("紧急程度"), "clock", _table("urgencies"), tiers, _("签收、响应、办结的时限"))
    rungs = Rung.objects.filter(enabled=True).count()
    yield Card(_("督办阶梯"), "flag", _table("ladder"), rungs, _("级，启用中"))
    year = _unknown_year(today)
    missing = _("%d 年放假安排未载入") % year if year else ""
    yield Card(
        _("工作日历"), "calendar", reverse("desk:admin_calendars"), Publication.objects.count(),
        _("次发布"), missing,
    )  # fmt: skip
    yield Card(
        _("时限规则"), "history", reverse("desk:admin_policies"), Policy.objects.count(),
        _("已修改、尚未使用") if policy.pending() else _("版"),
    )  # fmt: skip
    own = Term.objects.count()
    yield Card(
        _("约定"), "adjustments", reverse("desk:admin_terms"), own, _("项与默认值不同")
    )  # fmt: skip


def _unknown_year(today: date) -> int:
    """This year, or towards its end the next, where its holidays are not known; else 0."""
    return calendars.unknown_year(today, MISSED_FROM)


def _notices() -> Iterator[Card]:
    own = Template.objects.count()
    yield Card(
        _("通知模板"), "message", reverse("desk:admin_templates"), len(wording.specs()),
        _("本校修改 %d 处") % own,
    )  # fmt: skip
    gateways = Gateway.objects.filter(enabled=True)
    silent = gateways.filter(out_since__isnull=False).count()
    tested = "" if ways.live() else _("测试模式：消息只进测试邮箱，不会真的发出")
    yield Card(
        _("发送通道"), "plug", reverse("desk:admin_gateways"), gateways.count(), _("个启用"),
        tested or (_("%d 个没有应答") % silent if silent else ""),
    )  # fmt: skip
    if not ways.live():
        yield Card(
            _("测试邮箱"), "mail", reverse("desk:admin_postbox"), Message.objects.exclude(text="").count(),
            _("条消息"),
        )  # fmt: skip
