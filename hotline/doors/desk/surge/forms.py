"""What is filled in about a surge: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.doors.ui.fields import CategoryField
from hotline.doors.ui.forms import HouseForm, Moment, Words
from hotline.surge.models import Surge
from hotline.surge.services.switch import Plan


class SurgeForm(HouseForm):
    title = forms.CharField(
        label=_("标题"), max_length=60, help_text=_("大家怎么称呼这件事，如“六号楼停水”。")
    )
    text = Words(
        label=_("说明"), rows=3, max_length=500,
        help_text=_("显示在每一页顶部：现在知道什么，正在做什么，什么时候再更新。"),
    )  # fmt: skip
    title_en = forms.CharField(label=_("英文标题"), max_length=120, required=False)
    text_en = Words(label=_("英文说明"), rows=3, max_length=1000, required=False)
    link = forms.CharField(
        label=_("公告或答复的网址"), max_length=300, required=False,
        help_text=_("https:// 开头，或本平台以 / 开头的地址。"),
    )  # fmt: skip
    until = Moment(label=_("自动结束时间"))
    asks = forms.BooleanField(label=_("提交时询问是否关于此事"), required=False, initial=True)
    percent = forms.IntegerField(
        label=_("登录账号的限额（平时的百分比）"), min_value=100, max_value=1000, initial=300
    )

    def plan(self) -> Plan:
        return Plan(**self.cleaned_data)

    @classmethod
    def of(cls, surge: Surge) -> "SurgeForm":
        names = cls.base_fields
        return cls(initial={name: getattr(surge, name) for name in names})


class LeadForm(HouseForm):
    number = forms.CharField(label=_("主件编号"), max_length=30)


class CannedForm(HouseForm):
    title = forms.CharField(label=_("名称"), max_length=60, help_text=_("只有热线办能看到。"))
    category = CategoryField(
        label=_("分类"), empty_label=_("请选择"), help_text=_("尚未受理的，按此分类受理后答复。")
    )
    text = Words(
        label=_("答复"), rows=6, help_text=_("每个人收到的都是这段话，不要写任何人的信息。")
    )
    basis = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("知识条目、通知或文件的名称、文号。")
    )

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
