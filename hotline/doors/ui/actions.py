"""A click that becomes one sentence to the house: the same for both desks and the portal.

A form is loaded into the page, or opened as a page of its own without JavaScript. It carries
the version of the request it was filled in for. Whatever is refused, nothing typed is lost.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from hotline.base.contention import turned_away
from hotline.base.refusals import NotAllowed, Refusal, Stale, TooMany
from hotline.cases.models import Case, Step, WorkOrder
from hotline.cases.moves import MOVES, ORDER_MOVES
from hotline.cases.services import workbench
from hotline.cases.services.turn import signature
from hotline.cases.sight import Sight
from hotline.catalog import terms
from hotline.doors.ui import pace
from hotline.doors.ui.forms import HouseForm
from hotline.doors.ui.kept import PROOF
from hotline.doors.ui.middleware import HouseRequest
from hotline.limits.codes import Limit
from hotline.people.actor import NOBODY, Actor

Words = str | Promise
Draw = Callable[..., HttpResponse]
NOT_KEPT = {"csrfmiddlewaretoken", "version", "key", "listed"}


@dataclass(frozen=True)
class Subject:
    """What an action is about, and how its person may see it."""

    case: Case
    sight: Sight
    actor: Actor
    order: WorkOrder | None = None


class Action(HouseForm):
    """One verb as a form. Subclasses name their words and say one sentence in ``act``."""

    do_not_call_in_templates = True  # pages name the class, for its words
    slug: ClassVar[str]  # the noun in the address
    verb: ClassVar[str]  # of the law; decides whether the button is there
    label: ClassVar[Words]
    icon: ClassVar[str] = "chevron-right"
    done: ClassVar[Words] = ""  # said when it has worked
    intro: ClassVar[Words] = ""
    danger: ClassVar[bool] = False  # asks once more before it is sent
    main: ClassVar[bool] = False  # what this person most likely came to do
    drafted: ClassVar[bool] = True
    shares: ClassVar[str] = ""  # the slug of another form with which it has its draft in common
    on_order: ClassVar[bool] = False  # decided by the work order's law
    limit: ClassVar[Limit | None] = None  # what nobody may do too often
    template: ClassVar[str] = "ui/_action_fields.html"

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        self.subject = subject
        self.wait_seconds = 0  # until it is not too often any more
        self.warnings: list[str] = []  # what stands in the way, told before anything is typed
        super().__init__(*args, **kwargs)
        self.prepare()
        self.initial["version"] = subject.case.version

    def prepare(self) -> None:
        """Fill in choices that depend on the request."""

    def files_already(self) -> int:
        return self.subject.case.attachments.count()

    def act(self, *, by: Actor, at: datetime) -> None:
        """Say it. Raises a Refusal."""
        raise NotImplementedError

    def said(self) -> str:
        """What the next page says after it has worked."""
        return str(self.done)

    @classmethod
    def draft_name(cls) -> str:
        return cls.shares or cls.slug

    @property
    def lists(self) -> bool:
        """Does it take files?"""
        return self.is_multipart()

    @property
    def checked_version(self) -> int | None:
        version: int | None = self.cleaned_data.get("version")
        return version


def perform(
    request: HouseRequest,
    action: type[Action],
    subject: Subject,
    *,
    back: str,
    page: str = "ui/action_page.html",
    draw: Draw = render,
) -> HttpResponse:
    """Show the form of an action, or carry it out and go ``back`` to the request.

    Opened as a page of its own, ``draw`` sets it into whatever frame its door has.

    Raises NotAllowed before anything is shown to somebody who may not do it at all.
    """
    _refuse_strangers(action, subject)
    user = signature(subject.actor, subject.case)
    keeps = action.drafted and user is not None
    if request.method == "POST":
        form = action(request.POST, request.FILES, subject=subject)
        status = _act(request, form, subject)
        if status == 200:
            if keeps and user:
                workbench.drop_draft(subject.case, action.draft_name(), by=user)
            if said := form.said():
                messages.success(request, said)
            return go(request, back)
        if keeps:
            keep_draft(request, subject.case, action.draft_name())
    else:
        name = action.draft_name()
        kept = workbench.draft_of(subject.case, name, by=user) if keeps and user else None
        form, status = action(subject=subject, initial=dict(kept or {})), 200
    context = {
        "form": form, "action": action, "subject": subject, "case": subject.case, "back": back,
        "sight": subject.sight, "keeps": keeps, "meanwhile": getattr(form, "meanwhile", []),
        "terms": terms.current() if form.wait_seconds else None,
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        response = render(request, "ui/_action.html", context, status=status)
    else:
        response = draw(request, page, context, status=status)
    if form.wait_seconds:
        response["Retry-After"] = str(form.wait_seconds)
    return response


def go(request: HttpRequest, where: str) -> HttpResponse:
    """Move the browser on: HTMX by a header, everyone else by a redirect."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return redirect(where)


def _refuse_strangers(action: type[Action], subject: Subject) -> None:
    """A form may show what only those who may use it read: the original, the proposal."""
    if action.on_order and subject.order is not None:
        allowed = ORDER_MOVES[action.verb].may(subject.actor, subject.order)
    else:
        allowed = MOVES[action.verb].may(subject.actor, subject.case)
    if not allowed:
        raise NotAllowed(_("您没有执行此操作的权限。"))


def _act(request: HouseRequest, form: Action, subject: Subject) -> int:
    if not form.is_valid():
        return 422
    seen = form.checked_version
    try:
        with _paced(request, form, subject), turned_away():
            form.act(by=subject.actor, at=now())
    except Stale as refusal:
        _look_again(form, subject.case, seen)
        form.refuse(refusal)
        return refusal.status
    except TooMany as refusal:
        form.wait_seconds = refusal.seconds
        form.refuse(refusal)
        return refusal.status
    except Refusal as refusal:
        form.refuse(refusal)
        return refusal.status
    return 200


def _paced(request: HouseRequest, form: Action, subject: Subject) -> AbstractContextManager[None]:
    """Count it, where it is limited: not by the account of who comes with number and code."""
    if form.limit is None:
        return nullcontext()
    values = form.cleaned_data.values()
    costs = {form.limit: 1} | pace.of_files(form.cleaned_data.get("uploads", []))
    heard = " ".join(value for value in values if isinstance(value, str))
    known = signature(subject.actor, subject.case) is not None
    return pace.paced(request, costs, by=subject.actor if known else NOBODY, heard=heard)


def _look_again(form: Action, case: Case, seen: int | None) -> None:
    """After a stale form: what has happened since, and a form that now stands on that."""
    steps = Step.objects.filter(case=case, seq__gt=seen or 0).select_related("by")
    form.meanwhile = list(steps.order_by("seq"))  # type: ignore[attr-defined]
    data = form.data.copy() if isinstance(form.data, QueryDict) else QueryDict(mutable=True)
    data["version"] = str(case.version)
    form.data = data


def typed(request: HouseRequest, but: Collection[str] = ()) -> dict[str, Any]:
    """What has been typed so far; a field of several values keeps them all.

    NUL characters are left out: PostgreSQL's JSON has no place for them.
    """
    kept = {
        name.replace("\0", ""): [value.replace("\0", "") for value in values]
        for name, values in request.POST.lists()
        if name not in NOT_KEPT and name not in but and values and not name.startswith(PROOF)
    }
    return {name: values if len(values) > 1 else values[0] for name, values in kept.items()}


def kept_at(at: datetime) -> str:
    """What the page says after it has kept a draft by itself."""
    return _("草稿已保存 %(time)s") % {"time": f"{localtime(at):%H:%M}"}


def keep_draft(
    request: HouseRequest, case: Case | None, slug: str, *, but: Collection[str] = ()
) -> HttpResponse:
    """Keep a draft of a form of a request, or of one that has no request yet, ``but`` some fields.

    Of a bearer of number and code nothing is kept: it would join the request to an account.
    """
    at = now()
    user = signature(request.actor, case) if case else request.actor.user
    if user is None:
        return HttpResponse(status=204)
    workbench.keep_draft(case, slug, typed(request, but), by=user, at=at)
    return HttpResponse(kept_at(at))
