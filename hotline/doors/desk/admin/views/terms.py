"""The terms: every number and text of our promises with its default and the school's own value."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.catalog import services, terms
from hotline.catalog.models import Term
from hotline.catalog.services.rows import keeper_of_term
from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.forms.tables import TableForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_if
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.actor import Actor
from hotline.people.permissions import P


class TermsForm(TableForm):
    """One field for each term; empty means the default."""

    model = Term

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [name for name in terms.names() if by.may(keeper_of_term(name, by))]
        own = dict(Term.objects.values_list("code", "value"))
        for name in self.names:
            field = forms.CharField(label=str(terms.LABELS[name]), max_length=400, required=False)
            field.widget.attrs |= {"class": "form-control form-control-sm"}
            self.fields[name] = field
            self.initial[name] = own.get(name, "")

    def lines(self) -> list[tuple[Any, str]]:
        """Each field with its default."""
        return [(self[name], str(getattr(terms.Terms, name)) or "—") for name in self.names]

    @property
    def in_chinese(self) -> set[str]:
        """Defaults that are Chinese words, whatever language the page is in."""
        return {d for _bound, d in self.lines() if not d.isascii() and d != "—"}


def _keeps_any(actor: Actor) -> bool:
    """The catalogue's keepers; once the three are parted, the security administrator for some."""
    return actor.may(P.CATALOG) or (actor.separated and actor.may(P.SECURITY))


@require_http_methods(["GET", "POST"])
@only_if(_keeps_any)
def table(request: HouseRequest) -> HttpResponse:
    """All terms on one page, saved together or not at all."""
    form, status = TermsForm(request.POST or None, by=request.actor), 200
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
    values = {name: form.cleaned_data[name] for name in form.names}
    services.set_terms(values, by=request.actor, at=now(), seen=form.seen_change)
