"""Who may see the administration, and what every page of it has beside its content."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.cases.services.recusing import may_keep
from hotline.doors.desk.admin.registers import REGISTERS
from hotline.doors.ui.middleware import HouseRequest
from hotline.notices import ways
from hotline.people.actor import Actor
from hotline.people.permissions import P

Words = str | Promise


@dataclass(frozen=True)
class Item:
    """One line of the side menu."""

    here: str
    label: Words
    icon: str
    url: str


def page(
    request: HouseRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the administration with its side menu."""
    menus = [(label, list(items)) for label, items in _menus(request.actor)]
    whole = {"section": "admin", "menus": menus, "now": now()} | _standing(request.actor) | context
    return render(request, f"desk/admin/{template}", whole, status=status)


def _standing(actor: Actor) -> dict[str, bool]:
    """Of two administrators' pages, what is this one's to change?"""
    return {"keeps": actor.may(P.PEOPLE), "secures": actor.may(P.SECURITY)}


def _menus(actor: Actor) -> Iterator[tuple[Words, list[Item]]]:
    if people := list(_people(actor)):
        yield _("人与单位"), people
    if actor.may(P.CATALOG):
        yield _("分类与承诺"), _catalog()
    elif actor.separated and actor.may(P.SECURITY):
        yield _("分类与承诺"), [_terms()]
    if actor.may(P.NOTICES):
        yield _("消息"), _notices()
    if actor.may(P.PRIVACY):
        yield _("个人信息"), _privacy()
    if platform := list(_platform(actor)):
        yield _("平台"), platform


def _platform(actor: Actor) -> Iterator[Item]:
    if actor.may(P.PEOPLE):
        yield Item("upkeep", _("运行状况"), "chart-bar", reverse("desk:admin_upkeep"))
        yield Item("surge", _("突发模式"), "users-group", reverse("desk:surges"))
    if actor.may(P.SECURITY):
        yield Item("limits", _("使用限额"), "adjustments", reverse("desk:admin_limits"))


def _people(actor: Actor) -> Iterator[Item]:
    keeps, secures = actor.may(P.PEOPLE), actor.may(P.SECURITY)
    if keeps or secures:
        yield Item(
            "units", pgettext_lazy("several", "单位"), "building", reverse("desk:admin_units")
        )
        yield Item(
            "accounts", pgettext_lazy("several", "账号"), "users", reverse("desk:admin_accounts")
        )
    if keeps:
        yield Item("import", _("导入账号"), "upload", reverse("desk:admin_import"))
    if secures:
        yield Item(
            "roles", pgettext_lazy("several", "角色"), "shield-lock", reverse("desk:admin_roles")
        )
        yield Item("reviews", _("权限复核"), "clipboard-list", reverse("desk:admin_reviews"))
    if may_keep(actor):
        yield _recusals()
    if secures:
        yield Item("safety", _("账号安全"), "lock", reverse("desk:admin_safety"))
    if keeps or secures:
        yield Item("duties", _("三员分立"), "users-group", reverse("desk:admin_duties"))


def _privacy() -> list[Item]:
    return [
        Item("privacy", _("隐私告知"), "shield-lock", reverse("desk:admin_privacy")),
        Item("retention", _("保存期限"), "archive", reverse("desk:admin_retention")),
        Item("certificates", _("清除证明"), "file-text", reverse("desk:admin_certificates")),
    ]


def _recusals() -> Item:
    return Item("recusals", _("回避名单"), "logout", reverse("desk:admin_recusals"))


def _notices() -> list[Item]:
    postbox = [Item("postbox", _("测试邮箱"), "mail", reverse("desk:admin_postbox"))]
    return [
        Item("templates", _("通知模板"), "message", reverse("desk:admin_templates")),
        Item("gateways", _("发送通道"), "plug", reverse("desk:admin_gateways")),
        *(postbox if not ways.live() else []),
    ]


def _catalog() -> list[Item]:
    plain = [r for r in REGISTERS.values() if r.in_menu]
    return [
        Item("catalog", pgettext_lazy("several", "分类"), "sitemap", reverse("desk:admin_catalog")),
        Item("directory", _("派单目录"), "send", reverse("desk:admin_directory")),
        *(Item(r.slug, r.title, r.icon, reverse("desk:admin_rows", args=[r.slug])) for r in plain),
        Item("calendars", _("工作日历"), "calendar", reverse("desk:admin_calendars")),
        Item("policies", _("时限规则"), "history", reverse("desk:admin_policies")),
        _terms(),
    ]


def _terms() -> Item:
    return Item("terms", _("约定"), "adjustments", reverse("desk:admin_terms"))
