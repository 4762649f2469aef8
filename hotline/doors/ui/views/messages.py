"""One's own messages: read on the page whichever way they were sent, and one's wishes about them."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.refusals import Refusal
from hotline.doors.ui.forms import Checks, HouseForm
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.nav import nav_of
from hotline.doors.ui.pages import page_of
from hotline.notices import queries, ways
from hotline.notices.codes import CARRIED, Channel
from hotline.notices.models import Address, Message, Preference
from hotline.notices.services import own, receipts
from hotline.people.models import User

SIZE = 20
OWN_ADDRESSES = (Channel.MAIL, Channel.WECOM)  # an openid is bound by the mini-program itself


class WishForm(HouseForm):
    """Channels, language, digests, and where somebody is reached."""

    off = forms.MultipleChoiceField(
        label=gettext_lazy("不接收这些渠道"), required=False, widget=Checks,
        help_text=gettext_lazy("站内消息总会保留；紧急事项不受此限。"),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("消息语言"),
        choices=[("zh-hans", gettext_lazy("中文")), ("en", "English")],
    )
    digests = forms.BooleanField(label=gettext_lazy("接收每日、每周摘要"), required=False)
    mail = forms.CharField(label=gettext_lazy("电子邮件"), required=False, max_length=200)
    wecom = forms.CharField(
        label=gettext_lazy("企业微信账号"), required=False, max_length=200,
        help_text=gettext_lazy("企业微信通讯录中的账号（userid）。"),
    )  # fmt: skip

    def __init__(self, *args: Any, is_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = set(CARRIED) - (ways.FIXED if is_staff else {Channel.WECOM})
        open_ = [c for c in CARRIED if c in theirs]
        cast("forms.MultipleChoiceField", self.fields["off"]).choices = [
            (c, c.label) for c in open_
        ]
        if not is_staff:
            del self.fields["digests"], self.fields["wecom"]


@require_safe
@login_required
def inbox(request: HouseRequest) -> HttpResponse:
    """Everything one was told, the latest first."""
    user = cast("User", request.user)
    part = page_of(queries.inbox(user.pk), request.GET.get("after", ""), size=SIZE)
    context = {"rows": part.rows, "next": part.next, "section": "messages", "now": now()}
    return render(request, "ui/inbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def message(request: HouseRequest, pk: int) -> HttpResponse:
    """Where a message leads; opened from the list, it is marked as read."""
    found = get_object_or_404(Message.objects.select_related("case"), pk=pk, user=request.user)
    if request.method == "POST":
        own.read(found, by=request.actor, at=now())
    return redirect(_target(request, found))


OWN_DATA = {"export_ready": "portal:export", "claim_decided": "portal:me"}
ALARMS = {"crisis_alarm", "drill_alarm"}
OF_DESK = {  # messages about no request, and the page of the desk where each is dealt with
    "shift_swap": "desk:roster_swaps", "shift_changed": "desk:roster", "shift_soon": "desk:roster",
    "unmask_asked": "desk:unmaskings", "claims_wait": "desk:claims",
}  # fmt: skip


def _target(request: HouseRequest, found: Message) -> str:
    """Where a message leads: whoever is called to a crisis takes the alarm, and may not see the file."""
    if found.template in ALARMS:
        return reverse("desk:alarms")
    if found.template == "unusual_looks" and nav_of(request.actor).audit:
        return reverse("desk:audit_alerts")
    if found.template in OWN_DATA:
        return reverse(OWN_DATA[found.template])
    if found.template == "new_device":
        return reverse("ui:sessions")
    if found.template in OF_DESK and nav_of(request.actor).desk:
        return reverse(OF_DESK[found.template])
    if found.to_requester and found.case is not None:
        return reverse("portal:request", args=[found.case.number])
    if found.order_id is not None:
        return reverse("desk:order", args=[found.order_id])
    if found.case is not None and nav_of(request.actor).desk:
        return reverse("desk:case", args=[found.case.number])
    return reverse("ui:messages")


@require_POST
@login_required
def read_all(request: HouseRequest) -> HttpResponse:
    own.read_all(by=request.actor, at=now())
    return redirect("ui:messages")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def wishes(request: HouseRequest) -> HttpResponse:
    """Which channels, in which language, and where."""
    user, status = cast("User", request.user), 200
    form = WishForm(request.POST or None, is_staff=request.actor.is_staff, initial=_wishes_of(user))
    if request.method == "POST":
        status = _save(request, user, form)
        if status == 200:
            messages.success(request, _("消息设置已保存。"))
            return redirect("ui:wishes")
    context = {"form": form, "person": user, "section": "messages"}
    return render(request, "ui/wishes.html", context, status=status)


def _wishes_of(user: User) -> dict[str, Any]:
    wish = Preference.objects.filter(user=user).first() or Preference(user=user)
    known = dict(Address.objects.filter(user=user).values_list("channel", "value"))
    addresses = {channel.lower(): known.get(channel, "") for channel in OWN_ADDRESSES}
    return {"off": wish.off, "language": wish.language, "digests": wish.digests} | addresses


def _save(request: HouseRequest, user: User, form: WishForm) -> int:
    if not form.is_valid():
        return 422
    given = form.cleaned_data
    try:
        own.wish(
            user, off=given["off"], language=given["language"], digests=given.get("digests", True),
            addresses={c: given[c.lower()] for c in OWN_ADDRESSES if c.lower() in given},
            by=request.actor,
        )  # fmt: skip
    except Refusal as refusal:
        form.refuse(refusal)
        return refusal.status
    return 200


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """A carrier tells what became of messages; its driver knows it by the secret they share."""
    answer, (body, kind) = receipts.take(
        code, request.body, dict(request.headers), request.GET.dict(), at=now()
    )
    return HttpResponse(body, content_type=kind, status=answer.value)
