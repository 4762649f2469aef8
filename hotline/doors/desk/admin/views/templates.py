"""The words of messages: a list, an editor with a preview, back to the shipped words; the postbox."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.refusals import Invalid
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.admin.views.rows import latest
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.forms import HouseForm, Words
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.notices import ways, wording
from hotline.notices.codes import Channel
from hotline.notices.models import Message, Template
from hotline.notices.services import setup
from hotline.people import queries as people
from hotline.people.permissions import P

LANGUAGES = {"zh-hans": "中文", "en": "English"}


class TemplateForm(HouseForm):
    """Title and text of one message. It carries the number of the change that it stands on."""

    title = forms.CharField(label=gettext_lazy("标题"), required=False, max_length=60)
    text = Words(label=gettext_lazy("内容"), rows=4, max_length=500)
    carrier_code = forms.CharField(
        label=gettext_lazy("通道模板编号"), required=False, max_length=80,
        help_text=gettext_lazy("在短信平台或微信公众平台报备后得到的编号；按文本发送的通道不用填。"),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, words: wording.Wording) -> None:
        self.words = words
        self.meanwhile: list[Any] = []
        code = wording.code_of(words.spec.code, words.channel, words.language)
        self.instance = Template.objects.filter(code=code).first() or Template(code=code)
        initial = {
            "title": words.title, "text": words.text, "carrier_code": words.carrier_code,
            "seen": people.latest_change(self.instance),
        }  # fmt: skip
        super().__init__(data, initial=initial)
        if words.channel == Channel.SMS:
            del self.fields["title"]

    @property
    def version(self) -> int:
        return self.cleaned_data.get("seen") or 0

    def tried(self) -> wording.Wording:
        """The words as they are typed."""
        typed = str(self["text"].value() or "")
        spec, channel, language = self.words.spec, self.words.channel, self.words.language
        return wording.Wording(spec, channel, language, str(self.words.title), typed)


@require_safe
@only_for(P.NOTICES)
def templates(request: HouseRequest) -> HttpResponse:
    """Every message there is, for whom, on which channels, and where the school has its own words."""
    changed = Counter(code.split(".")[0] for code in wording.own())
    lines: list[dict[str, Any]] = [
        {
            "spec": spec,
            "own": changed[spec.code],
            "sample": wording.preview(_words(spec, Channel.SMS)),
        }
        for spec in wording.specs().values()
    ]
    groups = [
        (_("发给诉求人"), [line for line in lines if line["spec"].to_requester]),
        (_("发给工作人员"), [line for line in lines if not line["spec"].to_requester]),
    ]
    return page(request, "templates.html", {"groups": groups, "here": "templates"})


def _words(spec: wording.Spec, channel: Channel) -> wording.Wording:
    return wording.wording(spec.code, channel, "zh-hans")


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(P.NOTICES)
def template(request: HouseRequest, code: str, channel: str, language: str) -> HttpResponse:
    """Change the words of one message on one channel in one language, or look at how they come out."""
    words = _wording(code, channel, language)
    form = TemplateForm(request.POST or None, words=words)
    status, fault = 200, ""
    if request.method == "POST" and "preview" in request.POST:
        status, fault = _try(form)
    elif request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("模板已保存。"))
            return redirect("desk:admin_template", code, channel, language)
    context = {
        "form": form, "words": words, "spec": words.spec, "here": "templates", "channel": channel,
        "language": language, "tabs": _tabs(words), "languages": LANGUAGES.items(),
        "variables": [(name, wording.VARIABLES[name]) for name in words.spec.variables],
        "history": latest(form.instance), **_outcome(form, fault),
    }  # fmt: skip
    return page(request, "template.html", context, status=status)


def _try(form: TemplateForm) -> tuple[int, str]:
    """Only look; what is wrong stands beside the text."""
    if not form.is_valid():
        return 422, ""
    try:
        wording.check(form.words.spec, form.words.channel, form.cleaned_data["text"])
    except Invalid as refusal:
        form.refuse(refusal)
        return 422, str(refusal)
    return 200, ""


def _outcome(form: TemplateForm, fault: str) -> dict[str, Any]:
    """The sample as it would be read, and how many characters it has and can have."""
    tried = form.tried()
    try:
        wording.check(tried.spec, "", tried.text)
    except Invalid:
        return {"sample": "", "limit": 0}
    sms = tried.channel == Channel.SMS
    sample = (wording.signature() if sms else "") + wording.preview(tried)
    most, titles = wording.longest(tried.text) if sms else 0, tried.text.count("{title}")
    return {
        "sample": sample, "limit": wording.LIMIT if sms else 0, "now_length": wording.length(sample),
        "longest": most, "title_room": _room(most, titles) if titles else 0,
    }  # fmt: skip


def _room(most: int, titles: int) -> int:
    """What is left for a title when everything else is at its longest."""
    bare = most - titles * wording.TITLE_LEAST
    return min((wording.LIMIT - bare) // titles, wording.TITLE_MOST)


def _tabs(words: wording.Wording) -> list[tuple[str, str, bool]]:
    own = wording.own()
    return [
        (c.value, str(c.label), wording.code_of(words.spec.code, c, words.language) in own)
        for c in words.spec.channels
    ]


def _save(request: HouseRequest, form: TemplateForm) -> None:
    given = form.cleaned_data
    setup.save_template(
        form.words, title=given.get("title", ""), text=given["text"], carrier_code=given["carrier_code"],
        by=request.actor, at=now(), seen=form.version,
    )  # fmt: skip


@require_POST
@only_for(P.NOTICES)
def reset(request: HouseRequest, code: str, channel: str, language: str) -> HttpResponse:
    """Back to the shipped words."""
    setup.reset_template(_wording(code, channel, language), by=request.actor, at=now())
    messages.success(request, _("已恢复默认内容。"))
    return redirect("desk:admin_template", code, channel, language)


def _wording(code: str, channel: str, language: str) -> wording.Wording:
    spec = wording.specs().get(code)
    if spec is None or channel not in spec.channels or language not in LANGUAGES:
        raise Http404
    return wording.wording(code, channel, language)


@require_safe
@only_for(P.NOTICES)
def postbox(request: HouseRequest) -> HttpResponse:
    """What a test installation has sent, by channel; on a live one there is no such page."""
    if ways.live():
        raise Http404
    rows = Message.objects.exclude(text="").select_related("user", "case")
    counts = dict(Message.objects.values_list("channel").annotate(n=Count("id")))
    channel = request.GET.get("channel", "")
    if channel in counts:
        rows = rows.filter(channel=channel)
    part = page_of(rows, request.GET.get("after", ""), size=30)
    tabs = [(c.value, c.label, counts[c.value]) for c in Channel if c.value in counts]
    context = {
        "rows": [(row, _shown(row)) for row in part.rows], "next": part.next, "here": "postbox",
        "tabs": tabs, "channel": channel, "total": sum(counts.values()),
    }  # fmt: skip
    return page(request, "postbox.html", context)


def _shown(row: Message) -> str:
    """As it would arrive, an SMS with its signature; of a real request without its title, which is
    not for those who set up the platform."""
    words, text = wording.wording(row.template, Channel.SMS, row.language), row.text
    if row.case is not None and not row.case.is_demo and row.params.get("title"):
        text = wording.fill(words, row.params | {"title": "×××"})
    return wording.signature() + text if row.channel == Channel.SMS else text
