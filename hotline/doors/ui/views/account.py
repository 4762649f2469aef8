"""Signing in and out, one's own account, the language, and the page that works once."""

from datetime import datetime
from typing import cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hotline.base.refusals import Refusal
from hotline.doors.ui import cookies, devices, entry, halfway, proofs
from hotline.doors.ui.forms import HouseForm
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.nav import nav_of
from hotline.doors.ui.onward import safe
from hotline.people import services
from hotline.people.actor import SYSTEM
from hotline.people.models import User
from hotline.people.services import Entered, factors, signins


class SignInForm(HouseForm):
    username = forms.CharField(
        label=gettext_lazy("学号/工号或手机号"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPassword(HouseForm):
    password = forms.CharField(
        label=gettext_lazy("新密码"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy(
            "至少 10 位，不能全是数字，不能与姓名或号码相近，也不能是常见或已泄露的密码。"
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一次"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> None:
        if self.cleaned_data.get("password") != self.cleaned_data.get("again"):
            self.add_error("again", _("两次输入的密码不一致。"))


class PasswordForm(NewPassword):
    old = forms.CharField(
        label=gettext_lazy("现在的密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "password", "again")

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("password") == self.cleaned_data.get("old"):
            self.add_error("password", _("新密码不能与现在的相同。"))


class FirstRunForm(NewPassword):
    account = forms.CharField(label=gettext_lazy("工号"), max_length=40)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    field_order = ("account", "name", "password", "again")


def home(request: HouseRequest) -> HttpResponse:
    """Where somebody's day begins: staff at their desk, everyone else at the portal."""
    nav = nav_of(request.actor)
    if nav.desk:
        return redirect("desk:board")
    if nav.unit:
        return redirect("desk:inbox")
    if nav.admin:
        return redirect("desk:admin")
    if nav.audit:
        return redirect("desk:audit")
    if not request.user.is_authenticated and not services.was_begun():
        return redirect("ui:first_run")
    return redirect("portal:home")


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    onward = safe(request, request.POST.get("next") or request.GET.get("next"))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status, at = 422, now()
        if form.is_valid():
            try:
                entered = services.enter(
                    form.cleaned_data["username"], form.cleaned_data["password"],
                    place=devices.place_of(request), keys=devices.keys(request), at=at,
                )  # fmt: skip
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                return _come_in(request, entered, onward=onward, at=at)
    context = {"form": form, "title": _("登录"), "next": onward}
    return render(request, "ui/sign_in.html", context, status=status)


def _come_in(request: HttpRequest, entered: Entered, *, onward: str, at: datetime) -> HttpResponse:
    """In, or half way where there is a second factor."""
    if factors.has_any(entered.user):
        halfway.begin(request, entered, onward=onward, at=at)
        return redirect("ui:second_door")
    response = redirect(onward)
    entry.begin(request, response, entered, at=at)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    entry.end(request, at=now())
    messages.success(request, _("您已退出登录。"))
    response = redirect("portal:home")
    response["Clear-Site-Data"] = '"cache", "storage"'
    proofs.forget(response)  # the next person at this computer opens no anonymous request either
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The switch in the page header."""
    response = HttpResponseRedirect(safe(request, request.POST.get("next")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        cookies.keep(response, "django_language", chosen, seconds=365 * 86400)
    return response


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    given = user.must_change_password
    form = PasswordForm(request.POST or None)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        old, new = form.cleaned_data["old"], form.cleaned_data["password"]
        try:
            key = request.session.session_key or ""
            services.change_password(user, old=old, new=new, at=now(), session=key)
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            update_session_auth_hash(request, user)
            signins.carried(key, request.session.session_key or "")
            messages.success(request, _("密码已修改。"))
            return redirect("ui:home" if given else "ui:account")
    memberships = user.memberships.select_related("role", "unit")
    context = {"form": form, "memberships": memberships, "person": user, "given": given}
    return render(request, "ui/account.html", context, status=status)


@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Make the first administrator; gone as soon as there is one."""
    if services.was_begun():
        return redirect("ui:sign_in")
    form = FirstRunForm(request.POST or None)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            user = services.first_administrator(
                account=form.cleaned_data["account"],
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                at=now(),
                place=devices.place_of(request),
                system=SYSTEM,
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            response = redirect("desk:admin")
            entry.begin(request, response, Entered(user), at=now())
            return response
    context = {
        "form": form,
        "title": _("首次使用"),
        "intro": _("请设立系统管理员。这个页面只在还没有管理员时可用。"),
        "button": _("设立管理员"),
    }
    return render(request, "ui/form_page.html", context, status=status)
