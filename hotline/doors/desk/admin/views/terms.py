"""The terms: every number and text of our promises with its default and the school's own value."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.catalog import queries, services, terms
from hotline.catalog.models import Term
from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.forms import HouseForm
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.permissions import P


class TermsForm(HouseForm):
    """One field for each term; empty means the default."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = dict(Term.objects.values_list("code", "value"))
        self.initial["seen"] = queries.latest_term_change()
        for name in terms.names():
            field = forms.CharField(label=str(terms.LABELS[name]), max_length=400, required=False)
            field.widget.attrs |= {"class": "form-control form-control-sm"}
            self.fields[name] = field
            self.initial[name] = own.get(name, "")

    def latest(self) -> int:
        return queries.latest_term_change()

    def lines(self) -> list[tuple[Any, str]]:
        """Each field with its default."""
        return [(self[name], str(getattr(terms.Terms, name)) or "—") for name in terms.names()]

    @property
    def in_chinese(self) -> set[str]:
        """Defaults that are Chinese words, whatever language the page is in."""
        return {d for _bound, d in self.lines() if not d.isascii() and d != "—"}


@require_http_methods(["GET", "POST"])
@only_for(P.CATALOG)
def table(request: HouseRequest) -> HttpResponse:
    """All terms on one page, saved together or not at all."""
    form, status = TermsForm(request.POST or None), 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("约定已保存。"))
            return redirect("desk:admin_terms")
    lines = history.latest_of(Term, terms.LABELS)
    return page(
        request, "terms.html", {"form": form, "changes": lines, "here": "terms"}, status=status
    )


def _save(request: HouseRequest, form: TermsForm) -> None:
    values = {name: form.cleaned_data[name] for name in terms.names()}
    seen = form.cleaned_data["seen"] or 0
    services.set_terms(values, by=request.actor, at=now(), seen=seen)
