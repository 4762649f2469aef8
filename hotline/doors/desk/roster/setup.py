"""Posts with their lists of names, and patterns of shifts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hotline.doors.desk import frame
from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import office_only, only_for
from hotline.doors.desk.roster.forms import PatternForm, PostForm
from hotline.doors.ui.forms import HouseForm
from hotline.doors.ui.middleware import HouseRequest
from hotline.people import queries as people
from hotline.people.permissions import P
from hotline.roster import queries
from hotline.roster.models import Pattern, Post
from hotline.roster.services import setup as services


@require_safe
@office_only
@only_for(P.ROSTER)
def posts(request: HouseRequest) -> HttpResponse:
    """Everything that a roster stands on."""
    context = {
        "here": "roster", "posts": Post.objects.prefetch_related("standers__user"),
        "patterns": Pattern.objects.all(),
    }  # fmt: skip
    return frame.page(request, "desk/roster/posts.html", context)


@require_http_methods(["GET", "POST"])
@office_only
@only_for(P.ROSTER)
def post(request: HouseRequest, code: str) -> HttpResponse:
    """A post, its telephone, and who is called in which order."""
    row, at = get_object_or_404(Post, code=code), now()
    first = PostForm.of(row) | {"seen": people.latest_change(row)}
    form = PostForm(
        request.POST or None,
        initial=first,
        people=queries.candidates(row, at) if row.by_turns else [],
    )
    prepare(form, row)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: _save_post(request, row, form))
        if status == 200:
            messages.success(request, _("已保存：%s") % row)
            return redirect("desk:roster_posts")
    return frame.page(request, "desk/roster/post.html", _context(form, row), status=status)


def _save_post(request: HouseRequest, row: Post, form: PostForm) -> None:
    for name in ("name", "name_en", "phone", "note", "needs_cover"):
        setattr(row, name, form.cleaned_data[name])
    names = form.chosen("place") if row.by_turns else None
    services.save_post(row, names, by=request.actor, at=now(), seen=form.cleaned_data["seen"])


@require_http_methods(["GET", "POST"])
@office_only
@only_for(P.ROSTER)
def new_pattern(request: HouseRequest) -> HttpResponse:
    """Hours that there were not."""
    return _pattern(request, Pattern(code=people.next_code(Pattern, "p")))


@require_http_methods(["GET", "POST"])
@office_only
@only_for(P.ROSTER)
def pattern(request: HouseRequest, code: str) -> HttpResponse:
    """Hours as they are. Shifts that stand keep theirs."""
    return _pattern(request, get_object_or_404(Pattern, code=code))


FIELDS = ("name", "name_en", "starts", "ends", "days", "enabled")


def _pattern(request: HouseRequest, row: Pattern) -> HttpResponse:
    first = {name: getattr(row, name) for name in FIELDS} if row.pk else {}
    form = PatternForm(request.POST or None, initial=first | {"seen": people.latest_change(row)})
    prepare(form, row)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: _save_pattern(request, row, form))
        if status == 200:
            messages.success(request, _("已保存：%s") % row)
            return redirect("desk:roster_posts")
    return frame.page(request, "desk/roster/pattern.html", _context(form, row), status=status)


def _save_pattern(request: HouseRequest, row: Pattern, form: PatternForm) -> None:
    for name in FIELDS:
        setattr(row, name, form.cleaned_data[name])
    services.save_pattern(row, by=request.actor, at=now(), seen=form.cleaned_data["seen"])


def prepare(form: Any, row: Post | Pattern) -> None:
    """What a form must know to say what was changed meanwhile."""
    form.instance, form.version = row, _version(form)


def _version(form: HouseForm) -> int:
    text = str(form.data.get("seen", "")) if form.is_bound else ""
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _context(form: HouseForm, row: Post | Pattern) -> dict[str, Any]:
    changes = people.changes_of(row)[:5] if row.pk else []
    return {"here": "roster", "form": form, "row": row, "history": history.lines(changes)}
