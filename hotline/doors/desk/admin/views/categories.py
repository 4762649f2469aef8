"""The catalogue as a tree, and one 小类 with everything of it."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hotline.catalog import services
from hotline.catalog.models import Aspect, Branch, Category
from hotline.doors.desk.admin.forms.catalog import CategoryForm, DirectoryForm, Rules
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.admin.views.rows import latest
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.people import queries as people
from hotline.people.permissions import P


@require_safe
@only_for(P.CATALOG)
def catalog(request: HouseRequest) -> HttpResponse:
    """方面, 大类 and 小类, disabled ones too."""
    leaves = Category.objects.select_related("lead", "type", "urgency")
    branches = Branch.objects.prefetch_related(Prefetch("categories", leaves))
    aspects = Aspect.objects.order_by("id").prefetch_related(Prefetch("branches", branches))
    return page(request, "catalog.html", {"aspects": aspects, "here": "catalog"})


@require_http_methods(["GET", "POST"])
@only_for(P.CATALOG)
def new(request: HouseRequest) -> HttpResponse:
    """A new 小类 under the next free code of its branch."""
    branch = Branch.objects.filter(code=request.GET.get("branch", ""), enabled=True).first()
    first = {"branch": branch, "type": "QZ", "urgency": "U3"}
    form = CategoryForm(request.POST or None, initial=first)
    rules = rules_of(request)
    status = 200
    if request.method == "POST":
        status = save(request, form, rules)
        if status == 200:
            messages.success(request, _("已新建：%s") % f"{form.instance.code} {form.instance}")
            return redirect("desk:admin_category", form.instance.code)
    context = {"form": form, "rules": rules, "title": _("新小类"), "here": "catalog"}
    return page(request, "category.html", context, status=status)


@require_http_methods(["GET", "POST"])
@only_for(P.CATALOG)
def category(request: HouseRequest, code: str) -> HttpResponse:
    """Everything of one 小类."""
    found = find(code)
    form, rules = CategoryForm(request.POST or None, instance=found), rules_of(request, found)
    status = 200
    if request.method == "POST":
        status = save(request, form, rules)
        if status == 200:
            messages.success(request, _("已保存：%s") % f"{code} {found}")
            return redirect("desk:admin_category", code)
    context = {
        "form": form, "rules": rules, "title": f"{code} {find(code)}", "category": found,
        "here": "catalog", "history": latest(found),
        "history_url": reverse("desk:admin_history", args=["categories", code]),
    }  # fmt: skip
    return page(request, "category.html", context, status=status)


def find(code: str) -> Category:
    rows = Category.objects.select_related("branch__aspect", "lead", "type", "urgency")
    return get_object_or_404(rows, code=code)


def rules_of(request: HouseRequest, category: Category | None = None) -> Any:
    """The small forms of the place rules, filled in with those of a category."""
    rules = category.unit_rules.select_related("lead") if category else ()
    initial = [{"words": rule.words, "lead": rule.lead.code} for rule in rules]
    units = list(people.top_units())
    return Rules(
        request.POST or None, initial=initial, prefix="rules", form_kwargs={"units": units}
    )


def save(request: HouseRequest, form: CategoryForm | DirectoryForm, rules: Any) -> int:
    """Save a category with its rules: 200, or the status of what the two forms now show."""
    whole = rules.is_valid()
    status = outcome(form, lambda: _save(request, form, rules) if whole else None)
    return status if whole else 422


def _save(request: HouseRequest, form: CategoryForm | DirectoryForm, rules: Any) -> None:
    found = [rule for small in rules if (rule := small.rule())]
    services.save_category(
        form.instance, joint=form.cleaned_data["joint"], rules=found, by=request.actor, at=now(),
        seen=form.version,
    )  # fmt: skip
