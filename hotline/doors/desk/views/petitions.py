"""The petition office's file of one request: what its people do with it, on one page."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hotline.cases import policies
from hotline.cases.models import PetitionFile
from hotline.cases.services import looking, petitions
from hotline.cases.sight import Sight
from hotline.doors.desk import frame
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.find import case_or_404
from hotline.doors.desk.guards import office_only, only_for
from hotline.doors.ui.forms import HouseForm, Words
from hotline.doors.ui.looks import door_of
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.actor import Actor
from hotline.people.permissions import P

Label = str | Promise


class Verb(HouseForm):
    """One thing to do with a file."""

    verb: ClassVar[str]
    label: ClassVar[Label]

    @abstractmethod
    def act(self, file: PetitionFile, by: Actor, at: datetime) -> None:
        """Say it. Raises a Refusal."""


class Register(Verb):
    verb, label = "register", gettext_lazy("登记")
    number = forms.CharField(label=gettext_lazy("信访登记号"), max_length=40)

    def act(self, file: PetitionFile, by: Actor, at: datetime) -> None:
        petitions.register(file, number=self.cleaned_data["number"], by=by, at=at)


class Accept(Verb):
    verb, label = "accept", gettext_lazy("受理")

    def act(self, file: PetitionFile, by: Actor, at: datetime) -> None:
        petitions.accept(file, by=by, at=at)


def _worded(name: str, title: Label, field: Label, call: Callable[..., None]) -> type[Verb]:
    class Worded(Verb):
        verb, label = name, title
        words = Words(label=field, rows=4)

        def act(self, file: PetitionFile, by: Actor, at: datetime) -> None:
            call(file, words=self.cleaned_data["words"], by=by, at=at)

    return Worded


VERBS: tuple[type[Verb], ...] = (
    Register, Accept,
    _worded("refuse", gettext_lazy("不予受理"), gettext_lazy("给诉求人的说明：理由和途径"), petitions.refuse),
    _worded("close", gettext_lazy("出具处理意见书"), gettext_lazy("处理意见书（诉求人能看到）"), petitions.close),
    _worded("extend", gettext_lazy("延期 30 天"), gettext_lazy("理由"), petitions.extend),
    _worded("note", gettext_lazy("办理记录"), gettext_lazy("记录（只有信访部门能看到）"), petitions.note),
)  # fmt: skip
LABELS = {form.verb: form.label for form in VERBS}


@require_safe
@office_only
@only_for(P.PETITION)
def petition(request: HouseRequest, number: str) -> HttpResponse:
    """The file: what came with the transfer, what was done since, what can be done now."""
    file, sight = _file_or_404(request.actor, number)
    looking.looked(sight, by=request.actor, door=door_of(request))
    return _page(request, file, sight, None)


@require_POST
@office_only
@only_for(P.PETITION)
def act(request: HouseRequest, number: str, verb: str) -> HttpResponse:
    """Do one thing with it."""
    file, sight = _file_or_404(request.actor, number)
    kind = next((form for form in VERBS if form.verb == verb), None)
    if kind is None:
        raise Http404
    form = kind(request.POST, prefix=verb)
    status = outcome(form, lambda: form.act(file, request.actor, now()))
    if status == 200:
        messages.success(request, _("已保存。"))
        return redirect("desk:petition", number)
    looking.looked(sight, by=request.actor)
    file.refresh_from_db()
    return _page(request, file, sight, form, status=status)


def _file_or_404(actor: Actor, number: str) -> tuple[PetitionFile, Sight]:
    case, sight = case_or_404(actor, number)
    file = PetitionFile.objects.filter(case=case).first()
    if file is None or not policies.petitioner(actor, case):
        raise Http404
    file.case = case
    return file, sight


def _page(
    request: HouseRequest,
    file: PetitionFile,
    sight: Sight,
    bound: Verb | None,
    *,
    status: int = 200,
) -> HttpResponse:
    open_ = petitions.verbs_open_to(request.actor, file)
    shown = [
        bound if bound is not None and form.verb == bound.verb else form(prefix=form.verb)
        for form in VERBS
        if form.verb in open_
    ]
    entries = [
        {"row": row, "label": LABELS[row.verb]}
        for row in file.entries.select_related("by").order_by("id")
    ]
    context: dict[str, Any] = {
        "file": file, "case": file.case, "sight": sight, "forms": shown, "entries": entries,
        "room": "petition", "now": sight.at,
    }  # fmt: skip
    return frame.page(request, "desk/petition.html", context, status=status)
