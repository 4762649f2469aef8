"""更正个人信息: one's own phone by oneself, what the campus directory says by the office."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hotline.base.refusals import Refusal
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.forms import HouseForm, Words, dress
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pace import paced
from hotline.limits.codes import Limit
from hotline.people.models import Kind, Unit, User
from hotline.rights import queries
from hotline.rights.models import Claim, ClaimKind, Fact
from hotline.rights.services import claims, correcting


class PhoneForm(HouseForm):
    """One's own number."""

    phone = forms.CharField(
        label=gettext_lazy("手机号"), required=False, max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=gettext_lazy("短信和回访电话用这个号码，也可以用它登录。留空则删除。"),
    )  # fmt: skip


class CorrectionForm(HouseForm):
    """What a fact should be, and how one can see that."""

    words = Words(
        label=gettext_lazy("理由或依据"), rows=3, max_length=1000,
        help_text=gettext_lazy("例如：学籍已变更、录入有误、证件上的写法。"),
    )  # fmt: skip

    def __init__(self, *args: Any, fact: Fact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"] = _wanted(fact)
        dress(self.fields["wanted"])


def _wanted(fact: Fact) -> forms.Field:
    label = _("正确的内容")
    if fact == Fact.KIND:
        return forms.ChoiceField(label=label, choices=[("", "—"), *Kind.choices])
    if fact == Fact.COLLEGE:
        units = [(unit.code, str(unit)) for unit in Unit.objects.filter(enabled=True)]
        return forms.ChoiceField(label=label, choices=[("", "—"), *units])
    return forms.CharField(label=label, max_length=correcting.LONGEST[fact])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_to_write
def phone(request: HouseRequest) -> HttpResponse:
    """One's own number. Tries that are refused count as well: a number that is taken is somebody's."""
    user = cast("User", request.user)
    form, status = PhoneForm(request.POST or None, initial={"phone": user.phone or ""}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            number = form.cleaned_data["phone"]
            try:
                with paced(request, {Limit.PHONE: 1}, by=request.actor, returns=False):
                    correcting.change_phone(user, number, by=request.actor, at=now())
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("手机号已更正，办理中的诉求也已更新。"))
                return redirect("portal:me")
    context = {"form": form, "section": "me", "title": _("修改手机号")}
    return render(request, "portal/phone.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_to_write
def correction(request: HouseRequest, fact: str) -> HttpResponse:
    """Ask that one fact be put right."""
    if fact.upper() not in Fact or fact != fact.lower():
        raise Http404
    which, user = Fact(fact.upper()), cast("User", request.user)
    form, status = CorrectionForm(request.POST or None, fact=which), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                claims.ask_correction(which, by=request.actor, at=now(), **form.cleaned_data)
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("更正申请已收到，十五天内给您答复。"))
                return redirect("portal:me")
    context = {
        "form": form, "fact": which, "said": queries.said(user)[which], "section": "me", "now": now(),
        "claim": next((c for c in queries.corrections(user) if c.fact == which), None),
    }  # fmt: skip
    return render(request, "portal/correction.html", context, status=status)


@require_POST
@login_required
def undo(request: HouseRequest, pk: int) -> HttpResponse:
    """Think again, while nobody has decided."""
    found = get_object_or_404(Claim, pk=pk, kind=ClaimKind.CORRECT, user=request.user)
    claims.undo(found, by=request.actor, at=now())
    messages.success(request, _("已撤回申请，什么都没有更改。"))
    return redirect("portal:me")
