"""The gateways: which driver serves a channel, its settings, a test message, and whether it answers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.refusals import Refusal
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.admin.views.rows import latest
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.forms import HouseForm, Words, dress
from hotline.doors.ui.middleware import HouseRequest
from hotline.drivers.carriers import KINDS, Kind
from hotline.notices import queries, ways
from hotline.notices.codes import Channel
from hotline.notices.models import Gateway
from hotline.notices.services import setup
from hotline.people import queries as people
from hotline.people.permissions import P

KEPT = gettext_lazy("已保存，不显示；留空则不变。")
PREFIX = "own_"  # a driver may ask for a "name" as well


class GatewayForm(HouseForm):
    """A gateway with the questions of its driver."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    code = forms.SlugField(
        label=gettext_lazy("编码"), max_length=40,
        help_text=gettext_lazy("小写字母、数字和短横线；回执地址中使用，不能修改。"),
    )  # fmt: skip
    per_second = forms.IntegerField(
        label=gettext_lazy("每秒最多条数"), initial=10,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )  # fmt: skip
    enabled = forms.BooleanField(label=gettext_lazy("启用（同一渠道只启用一个）"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, gateway: Gateway, kind: Kind) -> None:
        self.instance, self.kind = gateway, kind
        self.meanwhile: list[Any] = []
        new = gateway.pk is None
        values = {PREFIX + name: value for name, value in gateway.settings.items()}
        known = {
            "name": gateway.name or str(kind.label),
            "code": gateway.code,
            "enabled": gateway.enabled,
        }
        seen = {} if new else {"seen": people.latest_change(gateway)}
        initial = {"per_second": gateway.per_second, **known, **seen, **values}
        super().__init__(data, initial=initial)
        if not new:
            del self.fields["code"]
        for asked in kind.settings.fields():
            field = self.fields[PREFIX + asked.name] = _field(
                asked, held=bool(gateway.secrets.get(asked.name))
            )
            dress(field)

    @property
    def version(self) -> int | None:
        return None if self.instance.pk is None else self.cleaned_data.get("seen") or 0

    @property
    def own(self) -> list[Any]:
        """The driver's questions."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def values(self) -> dict[str, object]:
        given = self.cleaned_data
        return {a.name: given.get(PREFIX + a.name, "") for a in self.kind.settings.fields()}

    def refuse(self, refusal: Refusal) -> None:
        """The driver names its own fields."""
        ours = {
            (PREFIX + n if PREFIX + n in self.fields else n): w for n, w in refusal.fields.items()
        }
        super().refuse(type(refusal)(refusal.words, **ours) if ours else refusal)


def _field(asked: Any, *, held: bool) -> forms.Field:
    """One question of a driver as a form field. A secret is written and never shown."""
    common: dict[str, Any] = {
        "label": asked.label, "required": False, "help_text": KEPT if asked.secret and held else asked.help,
    }  # fmt: skip
    if asked.kind == "tick":
        return forms.BooleanField(**common, initial=asked.default)
    if asked.kind == "choice":
        return forms.ChoiceField(**common, choices=asked.choices, initial=asked.default)
    if asked.kind == "lines" and not asked.secret:
        return Words(**common, initial=asked.default, rows=4, max_length=4000)
    if asked.secret:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        return forms.CharField(**common, max_length=4000, widget=widget, strip=False)
    return forms.CharField(**common, initial=asked.default, max_length=4000)


@require_safe
@only_for(P.NOTICES)
def gateways(request: HouseRequest) -> HttpResponse:
    """The gateways by channel, and the kinds that can be set up."""
    kinds: dict[str, list[Kind]] = {}
    for kind in KINDS.values():
        kinds.setdefault(kind.channel, []).append(kind)
    rows = list(Gateway.objects.all())
    at = now()
    channels = [
        {
            "state": s,
            "rows": [g for g in rows if g.channel == s.channel],
            "kinds": kinds.get(s.channel, []),
        }
        for s in queries.channels(at=at)
        if s.channel != Channel.CALL
    ]
    context = {"channels": channels, "live": ways.live(), "here": "gateways", "now": at}
    return page(request, "gateways.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(P.NOTICES)
def new(request: HouseRequest, kind: str) -> HttpResponse:
    """Set up a gateway of this kind."""
    if kind not in KINDS:
        raise Http404
    gateway = Gateway(kind=kind, channel=KINDS[kind].channel)
    return _edit(request, gateway, KINDS[kind])


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(P.NOTICES)
def gateway(request: HouseRequest, code: str) -> HttpResponse:
    """Change a gateway."""
    found = get_object_or_404(Gateway, code=code)
    if found.kind not in KINDS:
        raise Http404
    return _edit(request, found, KINDS[found.kind])


def _edit(request: HouseRequest, row: Gateway, kind: Kind) -> HttpResponse:
    new = row._state.adding
    form, status = GatewayForm(request.POST or None, gateway=row, kind=kind), 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("通道已保存。"))
            return redirect("desk:admin_gateway", row.code)
    context = {
        "form": form, "gateway": None if new else row, "kind": kind, "here": "gateways",
        "title": str(kind.label) if new else row.name, "live": ways.live(), "now": now(),
        "history": [] if new else latest(row), "takes_receipts": kind.parse_receipt is not None,
        "channel_label": Channel(kind.channel).label,
    }  # fmt: skip
    return page(request, "gateway.html", context, status=status)


def _save(request: HouseRequest, form: GatewayForm) -> None:
    given, row = form.cleaned_data, form.instance
    if row._state.adding:
        row.code = given["code"]
    row.name, row.per_second, row.enabled = given["name"], given["per_second"], given["enabled"]
    setup.save_gateway(row, form.values, by=request.actor, at=now(), seen=form.version)


@require_POST
@only_for(P.NOTICES)
def test(request: HouseRequest, code: str) -> HttpResponse:
    """Send a test message to an address, past the outbox."""
    found = get_object_or_404(Gateway, code=code)
    try:
        reference = setup.try_gateway(
            found, request.POST.get("to", "")[:120], by=request.actor, at=now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("通道已接收测试消息 %s") % reference)
    return redirect("desk:admin_gateway", found.code)
