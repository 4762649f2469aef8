"""The privacy notice as its writer sees it, and from when it holds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.catalog.models import PrivacyNotice
from hotline.catalog.services.privacy import Texts
from hotline.doors.ui.forms import HouseForm, Moment, Words
from hotline.people import queries

MARKS = _("空行分段；“## ”开头是标题；每行以“- ”开头是列表。")


class DraftForm(HouseForm):
    """Both languages of a draft. It carries the number of the change that it was filled in on."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = Words(label=_("全文（中文）"), rows=16, max_length=20_000, help_text=MARKS)
    text_en = Words(label=_("全文（英文）"), rows=16, max_length=40_000, help_text=MARKS)
    spoken = Words(label=_("电话中读给来电人听的一句话（中文）"), rows=2, max_length=300)
    spoken_en = Words(label=_("读给来电人听的一句话（英文）"), rows=2, max_length=600)
    change = Words(
        label=_("与上一版相比改了什么（中文）"), rows=2, max_length=300, required=False,
        help_text=_("读过上一版的人下次来时会看到这句话。发布前须写好。"),
    )  # fmt: skip
    change_en = Words(
        label=_("与上一版相比改了什么（英文）"), rows=2, max_length=600, required=False
    )

    def __init__(self, *args: Any, row: PrivacyNotice | None, **kwargs: Any) -> None:
        self.instance, self.meanwhile = row or PrivacyNotice(), list[Any]()
        super().__init__(*args, **kwargs)
        if row is None:
            return
        fresh = row.from_at is not None  # begun from the words in force: it has changed nothing yet
        for name in self.fields:
            if name != "seen" and not (fresh and name.startswith("change")):
                self.initial[name] = getattr(row, name)
        self.initial["seen"] = None if fresh else queries.latest_change(row)

    @property
    def version(self) -> int:
        return self.cleaned_data.get("seen") or 0

    def texts(self) -> Texts:
        return Texts(**{k: v for k, v in self.cleaned_data.items() if k != "seen"})


class PublishForm(HouseForm):
    """From when; empty is now."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    from_at = Moment(label=_("何时起生效"), required=False, help_text=_("不填则立即生效。"))
