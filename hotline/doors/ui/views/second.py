"""The second factor of one's own: set up, used at the door, given up."""

import json
from typing import Any, cast

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.refusals import Refusal
from hotline.doors.ui import devices, entry, halfway
from hotline.doors.ui.confirm import fresh
from hotline.doors.ui.forms import HouseForm
from hotline.doors.ui.onward import safe
from hotline.doors.ui.pace import at_most
from hotline.limits.codes import Limit
from hotline.people.models import User
from hotline.people.services import factors, passkeys

CHALLENGE = "challenge"
ANSWER_MOST = 20_000  # bytes of what a browser says of a key


class CodeForm(HouseForm):
    code = forms.CharField(
        label=gettext_lazy("动态码"), max_length=20,
        help_text=gettext_lazy("身份验证器里的 6 位数字。"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )  # fmt: skip


class DoorForm(HouseForm):
    """At the door a code from paper will do as well, so the keyboard has letters."""

    code = forms.CharField(
        label=gettext_lazy("动态码或恢复码"), max_length=20,
        help_text=gettext_lazy("身份验证器里的 6 位数字；手机不在身边时，用一个恢复码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )  # fmt: skip


@require_safe
@login_required
@fresh
def second(request: HttpRequest) -> HttpResponse:
    """What somebody has, and what can be added."""
    user = cast("User", request.user)
    context = {
        "totp": factors.totp_in_use(user), "keys": user.passkeys.all(),
        "codes_left": user.recovery_codes.filter(used_at=None).count(),
        "has_any": factors.has_any(user), "ask": factors.ask(user, at=now()),
        "required": request.session.get(entry.MUST_SECOND),
    }  # fmt: skip
    return render(request, "ui/second.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@fresh
def totp(request: HttpRequest) -> HttpResponse:
    """A secret as a picture and as letters, and the first code that proves that it arrived."""
    user, form, status = cast("User", request.user), CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                factors.confirm_totp(user, form.cleaned_data["code"], at=now())
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                return _added(request, _("动态码已启用。"))
    secret, uri = factors.begin_totp(user)
    picture = segno.make(uri, micro=False).svg_inline(scale=5, border=2, title=_("二维码"))
    letters = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    context = {"form": form, "picture": SafeString(picture), "letters": letters}  # our own drawing
    return render(request, "ui/second_totp.html", context, status=status)


def _added(request: HttpRequest, words: str) -> HttpResponse:
    """With the first factor come the codes on paper, shown this once."""
    request.session.pop(entry.MUST_SECOND, None)
    messages.success(request, words)
    user = cast("User", request.user)
    if not user.recovery_codes.filter(used_at=None).exists():
        return _codes(request, user)
    return redirect("ui:second")


def _codes(request: HttpRequest, user: User) -> HttpResponse:
    context = {"codes": factors.new_codes(user), "person": user, "at": now()}
    return render(request, "ui/second_codes.html", context)


@require_POST
@login_required
@fresh
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new codes; what is left of the old ones is good no more."""
    return _codes(request, cast("User", request.user))


@require_POST
@login_required
@fresh
def drop_totp(request: HttpRequest) -> HttpResponse:
    factors.drop_totp(cast("User", request.user), at=now())
    messages.success(request, _("动态码已停用。"))
    return redirect("ui:second")


# --- Passkeys ----------------------------------------------------------------------------


@require_POST
@login_required
@fresh
@at_most(Limit.LIVE)
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser is to make a key with."""
    options, challenge = passkeys.to_add(cast("User", request.user), devices.site_of(request))
    return _asked(request, options, challenge)


@require_POST
@login_required
@fresh
def add_passkey(request: HttpRequest) -> HttpResponse:
    """The key that the browser has made."""
    user = cast("User", request.user)
    passkeys.add(
        user, request.POST.get("answer", "")[:ANSWER_MOST], challenge=_challenge(request),
        site=devices.site_of(request), name=request.POST.get("name", ""), at=now(),
    )  # fmt: skip
    return _added(request, _("通行密钥已添加。"))


@require_POST
@login_required
@fresh
def drop_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    passkeys.drop(cast("User", request.user), pk, at=now())
    messages.success(request, _("通行密钥已移除。"))
    return redirect("ui:second")


def _asked(request: HttpRequest, options: str, challenge: bytes) -> HttpResponse:
    request.session[CHALLENGE] = passkeys.as_text(challenge)
    return JsonResponse(json.loads(options))


def _challenge(request: HttpRequest) -> bytes:
    """The challenge of the last question; it is good for one answer."""
    return passkeys.from_text(request.session.pop(CHALLENGE, ""))


# --- At the door -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def at_the_door(request: HttpRequest) -> HttpResponse:
    """The second step of signing in: a code, or a passkey."""
    half = halfway.read(request, at=now())
    if half is None:
        messages.info(request, _("请重新输入账号和密码。"))
        return redirect("ui:sign_in")
    form, status = DoorForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        answer = request.POST.get("answer", "")[:ANSWER_MOST]
        if answer or form.is_valid():
            try:
                _judge(request, half, answer, form)
            except Refusal as refusal:
                form = DoorForm(request.POST)
                form.is_valid()
                form.errors.clear()
                form.refuse(refusal)
                status = refusal.status
            else:
                onward = safe(request, half.onward)
                return halfway.finish(request, half, onward=onward, at=now())
    context: dict[str, Any] = {
        "form": form, "keys": half.user.passkeys.exists(), "totp": factors.totp_in_use(half.user),
    }  # fmt: skip
    return render(request, "ui/second_door.html", context, status=status)


def _judge(request: HttpRequest, half: halfway.Half, answer: str, form: DoorForm) -> None:
    if answer:
        site = devices.site_of(request)
        passkeys.use(half.user, answer, challenge=_challenge(request), site=site, at=now())
    else:
        factors.check(half.user, form.cleaned_data["code"], at=now(), place=half.place)


@require_POST
@at_most(Limit.LIVE)
def door_options(request: HttpRequest) -> HttpResponse:
    """What the browser is to sign."""
    half = halfway.read(request, at=now())
    if half is None:
        raise Http404
    options, challenge = passkeys.to_use(half.user, devices.site_of(request))
    return _asked(request, options, challenge)
