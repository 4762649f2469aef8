"""The dispatch directory as one table: quick changes, and "what would it choose?"."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hotline.catalog import queries
from hotline.catalog.models import Category, UnitRule
from hotline.catalog.queries import Duty
from hotline.doors.desk.admin.forms.catalog import DirectoryForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.views import categories
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.fields import CategoryField
from hotline.doors.ui.forms import HouseForm
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.permissions import P


class Choice(NamedTuple):
    """What the directory would choose for a text, and by which words the category was guessed."""

    category: Category
    words: list[str]
    duty: Duty


class TrialForm(HouseForm):
    """A text to try the directory on; without a category its words are looked for in aliases."""

    text = forms.CharField(
        label=gettext_lazy("诉求内容"), max_length=500, required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    category = CategoryField(required=False, empty_label=gettext_lazy("按内容中的词判断"))

    def choices(self) -> list[Choice]:
        if not self.is_valid() or not self.cleaned_data["text"]:
            return []
        text, category = self.cleaned_data["text"], self.cleaned_data["category"]
        guessed = [(category, [])] if category else queries.guesses(text)
        return [Choice(row, words, queries.duty(row, text)) for row, words in guessed]


def rows() -> QuerySet[Category]:
    """The whole directory with everything a line shows: three queries."""
    rules = UnitRule.objects.select_related("lead")
    return (
        Category.objects.filter(enabled=True)
        .select_related("branch", "lead", "urgency")
        .prefetch_related("joint", Prefetch("unit_rules", rules))
        .order_by("code")
    )


@require_safe
@only_for(P.CATALOG)
def directory(request: HouseRequest) -> HttpResponse:
    """小类 → lead, joint units, place rules; and a text to try it on."""
    trial = TrialForm(request.GET if "text" in request.GET else None)
    choices = trial.choices() if trial.is_bound else []
    context = {"rows": rows(), "trial": trial, "choices": choices, "here": "directory"}
    return page(request, "directory.html", context)


@require_http_methods(["GET", "POST"])
@only_for(P.CATALOG)
def entry(request: HouseRequest, code: str) -> HttpResponse:
    """One line of the directory as a form: in its place in the table, or on a page of its own."""
    found = categories.find(code)
    form = DirectoryForm(request.POST or None, instance=found)
    rules = categories.rules_of(request, found)
    status = 200
    if request.method == "POST":
        status = categories.save(request, form, rules)
        if status == 200:
            return _saved(request, found)
    context: dict[str, Any] = {"form": form, "rules": rules, "row": found, "here": "directory"}
    if request.headers.get("HX-Request"):
        if "line" in request.GET and request.method == "GET":
            context = {"row": rows().get(code=code), "focus": True}
            return render(request, "desk/admin/_directory_line.html", context)
        return render(request, "desk/admin/_directory_form.html", context, status=status)
    return page(request, "directory_entry.html", context, status=status)


def _saved(request: HouseRequest, row: Category) -> HttpResponse:
    if request.headers.get("HX-Request"):
        context = {"row": rows().get(pk=row.pk), "saved": True, "focus": True}
        return render(request, "desk/admin/_directory_line.html", context)
    messages.success(request, _("已保存：%s") % f"{row.code} {row}")
    return redirect("desk:admin_directory")
