"""The requester's pages: ask, follow, supplement, rate. All of it works without an account."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.numbers import whole
from hotline.base.refusals import Refusal, Repeated, TooMany
from hotline.cases import consents, folder, queries
from hotline.cases.codes import Mode, Seal, State
from hotline.cases.looks import looks_at
from hotline.cases.models import Case, ClockKind
from hotline.cases.models.record import RemarkKind
from hotline.cases.promises import clocks_for
from hotline.cases.screen import Sign, screen
from hotline.cases.services import drafting, intake, tracking
from hotline.cases.services.intake import Receipt
from hotline.cases.sight import sight_of
from hotline.catalog import privacy, terms
from hotline.doors.portal import looks as looking
from hotline.doors.portal import story
from hotline.doors.portal.forms import ACTIONS, SubmitForm, TrackForm
from hotline.doors.portal.privacy import agreed
from hotline.doors.ui import devices, pace, proofs
from hotline.doors.ui.actions import Subject, keep_draft, kept_at, perform
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.limits.codes import Limit
from hotline.people.actor import NOBODY
from hotline.surge import queries as surges
from hotline.surge.models import Member
from hotline.surge.services import joining


@require_safe
def home(request: HouseRequest) -> HttpResponse:
    """The front page: ask, follow, whom to call in danger."""
    context = {"section": "portal", "terms": terms.current(), "form": TrackForm()}
    return render(request, "portal/home.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HouseRequest) -> HttpResponse:
    """Submit a request, or keep it as a draft."""
    draft = _draft(request)
    form = SubmitForm(
        request.POST or None, request.FILES or None,
        initial={} if request.method == "POST" else _initial(request, draft),
        kept=draft.attachments.count() if draft is not None else 0,
        known=request.user.is_authenticated, surge=surges.current(now()),
    )  # fmt: skip
    if request.method != "POST":
        return _new_page(request, form, draft)
    try:
        if draft is not None:
            drafting.drop_files(draft, request.POST.getlist("drop"), by=request.actor)
    except Refusal as refusal:
        form.refuse(refusal)
        return _new_page(request, form, draft, status=refusal.status)
    if "draft" in request.POST and request.user.is_authenticated:
        return _keep(request, form, draft)
    if not form.is_valid():
        return _new_page(request, form, draft, status=422)
    if not request.user.is_authenticated:  # nobody is known: there is no other way
        form.cleaned_data["mode"] = Mode.ANONYMOUS
    try:
        receipt = _submit(request, form, draft)
    except Repeated as refusal:
        context = {"number": refusal.number, "words": refusal}
        return render(request, "portal/repeated.html", context, status=refusal.status)
    except TooMany as refusal:
        return _later(request, form, draft, refusal)
    except Refusal as refusal:
        form.refuse(refusal)
        return _new_page(request, form, draft, status=refusal.status)
    return _receipt(request, receipt)


def _submit(request: HouseRequest, form: SubmitForm, draft: Case | None) -> Receipt:
    """Say it, unless it is too often. Who stays unknown is counted as nobody whom we know."""
    words, at = form.words(), now()
    by = NOBODY if words.mode == Mode.ANONYMOUS else request.actor
    heard = f"{words.title} {words.body} {words.place_detail}"
    costs = {Limit.SUBMIT: 1} | pace.of_files(words.files)
    with pace.paced(request, costs, by=by, heard=heard, at=at):
        return joining.submit(
            words, about=form.surge, by=request.actor, at=at, key=form.cleaned_data["key"],
            draft=draft,
        )  # fmt: skip


def _later(
    request: HouseRequest, form: SubmitForm, draft: Case | None, refusal: TooMany
) -> HttpResponse:
    """Too often: the form with everything in it, when to send it again, and whom to call now."""
    form.refuse(refusal)
    form.add_error(None, _("您填写的内容还在下面，没有丢失；到时再点“提交”即可。"))
    response = _new_page(request, form, draft, status=refusal.status)
    response["Retry-After"] = str(refusal.seconds)
    return response


def _queue() -> str:
    """In a surge, how long it may take until somebody looks: honest, and no promise."""
    at = now()
    return story.queue(surges.told_wait(at)) if surges.current(at) else ""


NOT_KEPT = 203  # a sentence for the page to show, which goes on asking before it is left


def _keep(request: HouseRequest, form: SubmitForm, draft: Case | None) -> HttpResponse:
    """Keep a draft: by its button, or by the page itself while somebody writes."""
    words, at = form.rough(), now()
    by_itself = "HX-Request" in request.headers
    if by_itself and not words.body.strip():
        return HttpResponse(status=204)
    if by_itself and words.mode == Mode.ANONYMOUS:  # a draft bears a name: only on demand
        return HttpResponse(_("匿名时不自动保存"), status=NOT_KEPT)
    try:
        kept = drafting.keep(
            words, by=request.actor, at=at, key=form.cleaned_data.get("key"), draft=draft
        )
    except Refusal as refusal:
        if by_itself:
            return HttpResponse(str(refusal), status=NOT_KEPT)
        form.refuse(refusal)
        return _new_page(request, form, draft, status=refusal.status)
    if by_itself:
        return HttpResponse(kept_at(at))
    messages.success(request, _("草稿已保存。"))
    return redirect(f"{reverse('portal:new')}?draft={kept.pk}")


def _draft(request: HouseRequest) -> Case | None:
    """The draft that the address names, or that this very form has made while it was filled in."""
    if not request.user.is_authenticated:
        return None
    pk = whole(request.GET.get("draft", ""))
    if pk is not None:
        draft = queries.mine(request.actor).filter(pk=pk, state=State.DRAFT).first()
        if draft is not None:
            return draft
        if request.method != "POST":
            raise Http404
        # A form whose draft is gone is a form like any other: nothing typed is lost.
    try:
        return drafting.draft_of(UUID(request.POST.get("key", "")), by=request.actor)
    except ValueError:
        return None


def _initial(request: HouseRequest, draft: Case | None) -> dict[str, Any]:
    usual = Mode.NAMED if request.user.is_authenticated else Mode.ANONYMOUS
    initial: dict[str, Any] = {"key": uuid4(), "mode": usual}
    if request.user.is_authenticated:
        chosen = consents.latest_of(request.user)
        initial["consents"] = [kind for kind, given in chosen.items() if given]
    if draft is not None:
        initial |= {
            "key": draft.form_key or initial["key"],
            "body": draft.body, "title": draft.title, "mode": draft.mode,
            "type": draft.type and draft.type.code, "place_detail": draft.place_detail,
            "category": draft.category and draft.category.code,
            "place": draft.place and draft.place.code,
            "target_unit": draft.target_unit and draft.target_unit.code,
            "about_office": draft.seal == Seal.OFFICE,
            "named": "、".join(row.name for row in draft.named_people.all()),
        }  # fmt: skip
    return initial


def _new_page(
    request: HouseRequest, form: SubmitForm, draft: Case | None, *, status: int = 200
) -> HttpResponse:
    notice = privacy.in_force(now())
    form.show(notice.version if notice else "")
    body = form["body"].value() or ""
    context = {
        "form": form, "section": "portal", "draft": draft, "terms": terms.current(), "notice": notice,
        "danger": status == TooMany.status or bool(screen(str(body))), "kept_files": draft.attachments.all() if draft else [],
        "drafts": _other_drafts(request) if draft is None and not form.is_bound else [],
        "queue": _queue(),
    }  # fmt: skip
    return render(request, "portal/new.html", context, status=status)


def _other_drafts(request: HouseRequest) -> list[Case]:
    """What somebody has begun before: a page that keeps drafts says where they are."""
    if not request.user.is_authenticated:
        return []
    return list(queries.mine(request.actor).filter(state=State.DRAFT)[:3])


def _receipt(request: HouseRequest, receipt: Receipt) -> HttpResponse:
    """The number, and for who has no account the code: shown once, never in an address."""
    context = {
        "receipt": receipt, "case": receipt.case, "section": "portal", "terms": terms.current(),
        "danger": receipt.case.flagged, "outlook": story.outlook(receipt.case),
        "queue": _queue(), "together": Member.objects.filter(case=receipt.case).exists(),
    }  # fmt: skip
    response = render(request, "portal/receipt.html", context)
    if receipt.case.owner_id is None:
        proofs.write(response, {*proofs.read(request), receipt.case.pk})
    return response


@require_POST
def look(request: HouseRequest) -> HttpResponse:
    """While somebody writes: numbers to call where there are signs of a crisis, else nothing."""
    text = f"{request.POST.get('title', '')} {request.POST.get('body', '')}"
    if screen(text[:20_000]) is Sign.NONE:
        return HttpResponse("")
    return render(request, "ui/_danger.html", {"terms": terms.current()})


@require_safe
@login_required
def requests(request: HouseRequest) -> HttpResponse:
    """One's own requests, newest first."""
    part = page_of(queries.mine(request.actor), request.GET.get("after", ""), size=20)
    lines = [
        (case, story.outlook(case), case.version > case.owner_seen_version) for case in part.rows
    ]
    context = {"lines": lines, "next": part.next, "section": "mine"}
    return render(request, "portal/requests.html", context)


@require_safe
def request_(request: HouseRequest, number: str) -> HttpResponse:
    """One request: its answer, its story, what one can do."""
    subject = _own_or_404(request, number)
    case = subject.case
    if case.owner_id is not None:
        intake.mark_seen(case, by=request.actor)
    verbs = queries.verbs_open_to(request.actor, case)
    context = {
        "case": case, "sight": subject.sight, "chapters": story.chapters(subject.sight),
        "outlook": story.outlook(case), "now": subject.sight.at, "section": "mine",
        "actions": [action for action in ACTIONS if action.verb in verbs - _covered(verbs)],
        "question": _question(subject) if case.state == State.NEED_INFO else "",
        "asked_open": _asked_open(case) if "refuse_open" in verbs else "",
        "terms": terms.current(), "ratings": list(case.ratings.all()),
        "urged": case.clocks.filter(kind=ClockKind.URGE, stopped_at=None).first() if case.urged_at else None,
        "answer": case.answer if case.closed_at or case.state in TOLD else "",
        "agreed": agreed(case), "told_notice": privacy.begun(case.privacy_notice, subject.sight.at),
        "unread_notice": consents.unread_for(case, subject.sight.at) if case.owner_id is None else None,
    }  # fmt: skip
    return render(request, "portal/request.html", context)


def _covered(verbs: set[str]) -> set[str]:
    """What another button does as well: who is asked for facts gives them in one way."""
    return {"supplement"} if "supply" in verbs else set()


def _question(subject: Subject) -> str:
    """What the office asked last."""
    asked = [row for row in subject.sight.remarks if row.kind == RemarkKind.QUESTION]
    return asked[-1].text if asked else ""


def _asked_open(case: Case) -> str:
    """Why the receivers would give it to the hotline office."""
    step = case.steps.filter(verb="ask_open").order_by("-seq").first()
    return step.text if step is not None else ""


TOLD = {State.REJECTED, State.REFERRED, State.ARCHIVED}  # the answer is the explanation


def _own_or_404(request: HouseRequest, number: str) -> Subject:
    case = queries.visible(request.actor, number)
    if case is None:
        raise Http404
    sight = sight_of(request.actor, folder.furnish(case), at=now())
    if not sight.is_self:
        raise Http404
    return Subject(case, sight, request.actor)


@require_safe
def clocks(request: HouseRequest, number: str) -> HttpResponse:
    """Why the time by which an answer was promised is what it is."""
    subject = _own_or_404(request, number)
    context = {
        "case": subject.case, "sight": subject.sight, "clocks": clocks_for(subject.sight),
        "section": "mine", "now": subject.sight.at,
        "back": reverse("portal:request", args=[number]),
    }  # fmt: skip
    return render(request, "portal/clocks.html", context)


@require_safe
def looks(request: HouseRequest, number: str) -> HttpResponse:
    """Who of the staff has looked at it, when, and what they saw."""
    case = _own_or_404(request, number).case
    rows = looks_at(case)
    part = page_of(rows, request.GET.get("after", ""))
    context = {
        "case": case, "lines": looking.lines(part.rows), "next": part.next, "section": "mine",
        "counts": looking.counted(rows), "unmasked": looking.unmasked(case, at=now()),
    }  # fmt: skip
    return render(request, "portal/looks.html", context)


@require_http_methods(["GET", "POST"])
def act(request: HouseRequest, number: str, slug: str) -> HttpResponse:
    """The form of one thing a requester can do, or its doing."""
    action = {action.slug: action for action in ACTIONS}.get(slug)
    if action is None:
        raise Http404
    subject = _own_or_404(request, number)
    back = reverse("portal:request", args=[number])
    return perform(request, action, subject, back=back)


@require_POST
def draft(request: HouseRequest, number: str, slug: str) -> HttpResponse:
    """Keep what is being typed."""
    if slug not in {action.slug for action in ACTIONS}:
        raise Http404
    return keep_draft(request, _own_or_404(request, number).case, slug)


@require_POST
@login_required
def discard(request: HouseRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    drafting.discard(get_object_or_404(queries.mine(request.actor), pk=pk), by=request.actor)
    messages.success(request, _("草稿已删除。"))
    return redirect("portal:requests")


@require_http_methods(["GET", "POST"])
def track(request: HouseRequest) -> HttpResponse:
    """Number and code open a request to whoever holds both."""
    form = TrackForm(request.POST or None)
    status, wait = 422 if form.errors else 200, 0
    if request.method == "POST" and form.is_valid():
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        try:
            with pace.paced(request, {Limit.TRACK: 1}, by=NOBODY, returns=False):
                case = tracking.track(number, code, place=devices.place_of(request), at=now())
        except TooMany as refusal:
            form.refuse(refusal)
            wait, status = refusal.seconds, refusal.status
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            opened = redirect("portal:request", case.number)
            proofs.write(opened, {*proofs.read(request), case.pk})
            return opened
    context = {"form": form, "section": "portal", "terms": terms.current() if wait else None}
    response = render(request, "portal/track.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response
