"""Where administration begins: what there is, how much of it, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from hotline.catalog.models import Category, Place, Reason, RequestType, Term, UnitRule
from hotline.doors.desk.admin import staffing
from hotline.doors.desk.admin.frame import Words, page
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.models import Role, User
from hotline.people.permissions import P


@dataclass(frozen=True)
class Card:
    """One part of the administration: how much there is, and what asks for attention."""

    label: Words
    icon: str
    url: str
    count: int
    words: str = ""
    warning: str = ""


@require_safe
@only_for(P.PEOPLE, P.CATALOG, P.NOTICES)
def overview(request: HouseRequest) -> HttpResponse:
    groups: list[tuple[str, list[Card]]] = []
    if request.actor.may(P.PEOPLE):
        groups.append((_("人与单位"), list(_people())))
    if request.actor.may(P.CATALOG):
        groups.append((_("分类与承诺"), list(_catalog())))
    return page(request, "overview.html", {"groups": groups, "here": "overview"})


def _people() -> Iterator[Card]:
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
    roles = Role.objects.filter(enabled=True).count()
    yield Card(
        pgettext("several", "角色"),
        "shield-lock",
        reverse("desk:admin_roles"),
        roles,
        _("权限与任职"),
    )


def _catalog() -> Iterator[Card]:
    def table(slug: str) -> str:
        return reverse("desk:admin_rows", args=[slug])

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
    yield Card(_("诉求类型"), "list", table("types"), types)
    reasons = Reason.objects.filter(enabled=True).count()
    yield Card(_("原因代码"), "flag", table("reasons"), reasons)
    places = Place.objects.filter(enabled=True).count()
    missing = "" if places else _("还没有校区和楼宇，提交诉求时无法选择地点")
    yield Card(_("校区与楼宇"), "map-pin", table("places"), places, "", missing)
    own = Term.objects.count()
    yield Card(
        _("约定"), "adjustments", reverse("desk:admin_terms"), own, _("项与默认值不同")
    )  # fmt: skip
