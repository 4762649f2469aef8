"""Forms of the calendars: weekly hours, periods, single days; shape only."""

import re
from typing import Any
from unicodedata import normalize

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.doors.ui.fields import UrgencyField
from hotline.doors.ui.forms import HouseForm, Moment
from hotline.worktime import plan
from hotline.worktime.clock import Limit
from hotline.worktime.plan import PeriodKind
from hotline.worktime.trace import WEEKDAYS

KINDS = (
    (PeriodKind.VACATION, gettext_lazy("寒暑假：普通件停止计时，加急以上照计")),
    (PeriodKind.REST, gettext_lazy("停摆：全部工作时间停止计时")),
    (PeriodKind.HOURS, gettext_lazy("作息调整：改用另外的时段")),
)
SEPARATORS = re.compile(r"[\s,、;]+")
SHORT_HOUR = re.compile(r"(?<!\d)(?=\d:)")  # 8:00
DASHES = re.compile(r"\s*[-~‐-―−〜至]\s*")
LINES = 12


class SpansField(forms.CharField):
    """The spans of a day in one line: 08:00-12:00 14:00-18:00; empty is a day off.

    Typed with Chinese punctuation and full-width digits it is the same: 08：00～12：00，14：00～18：00.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=120, **kwargs)

    def clean(self, value: Any) -> Any:
        plain = SHORT_HOUR.sub("0", DASHES.sub("-", normalize("NFKC", super().clean(value))))
        texts = [text for text in SEPARATORS.split(plain) if text]
        try:
            return [str(span) for span in plan.spans(*texts)]
        except ValueError:
            words = _("时段写作 08:00-12:00 14:00-18:00：止晚于起，互不重叠，不跨午夜。")
            raise forms.ValidationError(words) from None


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)


class HoursForm(HouseForm):
    """A week's hours, in force from a day on."""

    from_date = DayField(label=gettext_lazy("自"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n, name in enumerate(WEEKDAYS):
            self.fields[f"day{n}"] = SpansField(label=name)
            self.fields[f"day{n}"].widget.attrs["class"] = "form-control form-control-sm"

    def clean(self) -> None:
        """One mistake made on every day is told once: the others are only marked."""
        said: set[str] = set()
        for n in range(len(WEEKDAYS)):
            for error in self.errors.get(f"day{n}", ()):
                if str(error) in said:
                    self.errors[f"day{n}"] = self.error_class([_("同样的问题。")])
                said.add(str(error))

    def days(self) -> list[Any]:
        return [self[f"day{n}"] for n in range(7)]

    def row(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data.get("from_date"):
            return None
        return {"from": str(data["from_date"]), "week": [data[f"day{n}"] for n in range(7)]}


class PeriodForm(HouseForm):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=40, required=False)
    first = DayField(label=gettext_lazy("自"), required=False)
    last = DayField(label=gettext_lazy("至"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("计时"), choices=KINDS, required=False)
    hours = SpansField(label=gettext_lazy("期间每个工作日的时段（可不填）"))

    def clean(self) -> None:
        data = self.cleaned_data
        given = data.get("name") or data.get("first") or data.get("last")
        if given and not (data.get("name") and data.get("first") and data.get("last")):
            self.add_error(None, _("请填写名称和起止日期；全部清空即删除这一项。"))

    def row(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data.get("first") or not data.get("last"):
            return None
        week = [data["hours"]] * 5 + [[], []] if data["hours"] else []
        return {
            "name": data["name"], "from": str(data["first"]), "to": str(data["last"]),
            "kind": data["kind"] or PeriodKind.VACATION, "week": week,
        }  # fmt: skip


class DayForm(HouseForm):
    day = DayField(label=gettext_lazy("日期"), required=False)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=40, required=False)
    hours = SpansField(label=gettext_lazy("时段（不填即不办公）"))

    def row(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data.get("day"):
            return None
        return {"day": str(data["day"]), "name": data["name"], "spans": data["hours"]}


def _several(form: type[HouseForm], extra: int) -> Any:
    return forms.formset_factory(
        form, extra=extra, max_num=LINES * 5, absolute_max=LINES * 6, validate_max=True
    )


Hours, Periods, Days = _several(HoursForm, 1), _several(PeriodForm, 2), _several(DayForm, 3)


class PublishForm(HouseForm):
    """What is published with the rest: whether it never rests, and why it was changed."""

    always = forms.BooleanField(label=gettext_lazy("全年无休：不看法定节假日"), required=False)
    note = forms.CharField(label=gettext_lazy("修改说明"), max_length=200)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class YearForm(HouseForm):
    text = forms.CharField(
        label=gettext_lazy("一个年度的放假安排（JSON）"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        max_length=100_000,
        help_text=gettext_lazy(
            '公开数据集 holiday-cn 的格式：{"year": 2027, "days": [{"name", "date", "isOffDay"}]}。'
        ),
    )


class TryForm(HouseForm):
    """A start, an amount of time, an urgency: when is that due?"""

    start = Moment(label=gettext_lazy("从"))
    limit = forms.CharField(label=gettext_lazy("时限"), max_length=10)
    urgency = UrgencyField(label=gettext_lazy("紧急程度"))

    def clean_limit(self) -> Limit:
        try:
            return Limit.parse(self.cleaned_data["limit"])
        except ValueError:
            raise forms.ValidationError(_("时限须写成 30min、2h、4wh 或 5wd 的形式。")) from None
