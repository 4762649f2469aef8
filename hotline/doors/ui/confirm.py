"""Proving once more who one is: before a dangerous act, and after a long silence. One place for both.

What was sent when the question came is carried along in the page and sent on by it, so that nothing
that was typed is lost; only files have to be chosen again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hotline.doors.ui import errors
from hotline.doors.ui.entry import PROVED
from hotline.doors.ui.kept import PROOF

FRESH_SECONDS = 600
OURS = "csrfmiddlewaretoken"
View = Callable[..., HttpResponse]


def fresh(view: View) -> View:
    """A guard: let through whoever has proved within ten minutes who they are, ask everybody else.

    To be set inside the guard that says who may open the page at all.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if is_fresh(request) else ask(request)

    return guarded


def fresh_to_write(view: View) -> View:
    """The same for a page that may be looked at, but not sent."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        free = request.method != "POST" or is_fresh(request)
        return view(request, *args, **kwargs) if free else ask(request)

    return guarded


def is_fresh(request: HttpRequest) -> bool:
    age: float = now().timestamp() - request.session.get(PROVED, 0)
    return age <= FRESH_SECONDS


def ask(request: HttpRequest, *, locked: bool = False) -> HttpResponse:
    """The question in place of what was asked for; for a part of a page, only where it is put."""
    if "X-Unattended" in request.headers:  # nobody reads it
        return HttpResponse(status=204)
    if request.headers.get("HX-Request"):
        title, words = (
            _("请验证身份"),
            _("请在新窗口打开“账号与密码”验证身份，再回到这里继续；填写的内容不会丢失。"),
        )
        return errors.page(request, 403, title, words)
    if request.method != "POST":
        query = {"next": request.get_full_path()} | ({"locked": "1"} if locked else {})
        return redirect(f"{reverse('ui:confirm')}?{urlencode(query)}")
    return page(request, carried=carried(request), onward=request.get_full_path(), locked=locked)


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, as fields to be sent on; the last question's own answers are not."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if not name.startswith(PROOF) and name != OURS
        for value in values
    ]


def page(
    request: HttpRequest, *, onward: str, carried: list[tuple[str, str]] | None = None,
    error: str = "", status: int = 403, locked: bool = False,
) -> HttpResponse:  # fmt: skip
    context = {
        "onward": onward, "carried": carried, "error": error, "locked": locked,
        "files": bool(request.FILES), "title": _("请验证身份"),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context, status=status)
