"""Accounts: the list, one account, and passwords that are shown once."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hotline.cases.services import recusing
from hotline.doors.desk.admin.forms.people import AccountFilter, AccountForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.admin.views.rows import latest
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh, fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.doors.ui.sought import seeks
from hotline.people import queries, services
from hotline.people.models import Membership, User
from hotline.people.permissions import P
from hotline.people.services import factors


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(P.PEOPLE, P.SECURITY)
@seeks
def accounts(request: HouseRequest) -> HttpResponse:
    """Accounts that fit the filter, the newest first."""
    form = AccountFilter(request.GET or None)
    held = Membership.objects.filter(queries.in_force(localdate()))
    found = User.objects.select_related("college").prefetch_related(
        Prefetch("memberships", held.select_related("role", "unit"), to_attr="held")
    )
    if form.is_bound:
        found = found.filter(form.condition())
    part = page_of(found, request.GET.get("after", ""))
    context = {"form": form, "people": part.rows, "next": part.next, "here": "accounts"}
    return page(request, "accounts.html", context)


@require_http_methods(["GET", "POST"])
@only_for(P.PEOPLE)
@fresh_to_write
def new(request: HouseRequest) -> HttpResponse:
    """A new account, with a password made up for it that is shown this once."""
    form = AccountForm(request.POST or None)
    status = 200
    if request.method == "POST":
        password = services.new_password()
        status = outcome(form, lambda: _create(request, form, password))
        if status == 200:
            person = User.objects.get(account=form.cleaned_data["account"].strip())
            return _issued(request, [(person, password)], _("账号已建立"))
    return page(request, "account_new.html", {"form": form, "here": "accounts"}, status=status)


def _create(request: HouseRequest, form: AccountForm, password: str) -> None:
    facts = {name: form.cleaned_data[name] for name in form.columns}
    services.create_user(
        **facts, password=password, must_change_password=True, by=request.actor, at=now()
    )


@require_http_methods(["GET", "POST"])
@only_for(P.PEOPLE, P.SECURITY)
@fresh_to_write
def account(request: HouseRequest, pk: int) -> HttpResponse:
    """One account: its facts, its roles, its password, whether it may sign in."""
    person = get_object_or_404(User, pk=pk)
    form = AccountForm(request.POST or None, instance=person)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("已保存：%s") % person)
            return redirect("desk:admin_account", pk)
    today = localdate()
    held = person.memberships.select_related("role", "unit").order_by("-from_date", "-id")
    context: dict[str, Any] = {
        "form": form, "person": get_object_or_404(User, pk=pk), "here": "accounts",
        "second": factors.has_any(person), "today": today, "history": latest(person),
        "held": [(m, m.to_date is not None and m.to_date < today) for m in held],
        "history_url": reverse("desk:admin_history", args=["accounts", pk]),
    }  # fmt: skip
    return page(request, "account.html", context, status=status)


@transaction.atomic
def _save(request: HouseRequest, form: AccountForm) -> None:
    if {"name", "account"} & set(form.changed_data):
        recusing.bind([form.instance.pk])
    services.save_user(form.instance, by=request.actor, at=now(), seen=form.version)


@require_POST
@only_for(P.PEOPLE)
@fresh
def password(request: HouseRequest, pk: int) -> HttpResponse:
    """Give an account a new password, shown this once; its open sessions end."""
    person = get_object_or_404(User, pk=pk)
    given = services.give_password(person, by=request.actor, at=now())
    return _issued(request, [(person, given)], _("密码已重设"))


@require_POST
@only_for(P.PEOPLE)
@fresh
def state(request: HouseRequest, pk: int) -> HttpResponse:
    """Disable an account, or enable it again."""
    person = get_object_or_404(User, pk=pk)
    active = request.POST.get("active") == "yes"
    services.set_active(person, active, by=request.actor, at=now())
    messages.success(request, _("账号已启用。") if active else _("账号已停用。"))
    return redirect("desk:admin_account", pk)


@require_POST
@only_for(P.SECURITY)
@fresh
def second(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a lost second factor away; the person sets up another."""
    person = get_object_or_404(User, pk=pk)
    factors.reset(person, by=request.actor, at=now())
    messages.success(request, _("已取消两步验证，本人须重新登录。"))
    return redirect("desk:admin_account", pk)


def _issued(request: HouseRequest, issued: list[tuple[User, str]], title: str) -> HttpResponse:
    """Passwords on a page that no address leads back to."""
    context = {"issued": issued, "title": title, "here": "accounts"}
    return page(request, "issued.html", context)
