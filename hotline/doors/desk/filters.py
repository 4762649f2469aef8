"""The filter of the office's lists: shape, and the condition it means."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.base.masking import HIDDEN
from hotline.cases import numbers, queries
from hotline.cases.codes import Channel, Mode, State
from hotline.catalog.models import Aspect, RequestType, Urgency
from hotline.doors.desk.rows import Row
from hotline.doors.ui.fields import AnyOf, CategoryField, UnitField
from hotline.doors.ui.forms import Day, HouseForm, Select
from hotline.doors.ui.sought import SoughtField
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.worktime.clock import ZONE

ANY = [("", _("全部"))]
TIMES = [*ANY, ("late", _("已超时")), ("soon", _("4 小时内到期"))]
SORTS = [("new", _("最新在前")), ("due", _("最急在前（未归档的）"))]


class CaseFilter(HouseForm):
    """What somebody looks for. Everything is optional; nonsense is ignored, not an error."""

    q = SoughtField(
        label=_("查找"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("编号、标题、手机号、学号工号")}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("状态"),
        choices=[*ANY, *State.choices],
        required=False,
        widget=Select(kept="filter state"),
    )
    unit = UnitField(label=_("承办单位"), required=False, empty_label=_("全部"))
    category = CategoryField(required=False, empty_label=_("全部"))
    aspect = AnyOf(Aspect, "aspects", label=_("方面"), required=False, empty_label=_("全部"))
    type = AnyOf(RequestType, "types", label=_("类型"), required=False, empty_label=_("全部"))
    urgency = AnyOf(
        Urgency, "urgencies", label=_("紧急程度"), required=False, empty_label=_("全部")
    )
    channel = forms.ChoiceField(
        label=_("渠道"),
        choices=[*ANY, *Channel.choices],
        required=False,
        widget=Select(kept="filter channel"),
    )
    mode = forms.ChoiceField(
        label=pgettext_lazy("mode", "身份"),
        choices=[*ANY, *Mode.choices],
        required=False,
        widget=Select(kept="filter mode"),
    )
    time = forms.ChoiceField(
        label=_("时限"), choices=TIMES, required=False, widget=Select(kept="filter time")
    )
    since = Day(label=_("提交日期起"), required=False)
    until = Day(label=_("提交日期止"), required=False)
    sort = forms.ChoiceField(
        label=_("排序"), choices=SORTS, required=False, widget=Select(kept="filter sort")
    )

    def condition(self, actor: Actor, now: datetime) -> Q:
        """Which requests are meant. Identity is searched only by those who triage, in
        their classes."""
        self.is_valid()
        data = self.cleaned_data
        exact = {
            name: data[field]
            for field, name in (
                ("state", "state"), ("unit", "lead_unit"), ("category", "category"),
                ("type", "type"), ("urgency", "urgency"), ("channel", "channel"), ("mode", "mode"),
                ("aspect", "category__branch__aspect"),
            )
            if data.get(field)
        }  # fmt: skip
        return Q(**exact) & self._time(data, now) & self._words(data.get("q") or "", actor, now)

    def person_sought(self, actor: Actor) -> str:
        """The number of a person, if that is what is looked for; "" else."""
        text = str(getattr(self, "cleaned_data", {}).get("q") or "").strip()
        asks = _may_be_a_person(text) and numbers.read(text) is None and actor.may(P.TRIAGE)
        return text if asks else ""

    def seen(self, rows: list[Row]) -> list[Row]:
        """Without those that words found in a name which this reader does not see: a search that
        answers to a name tells whose request it is."""
        text = str(getattr(self, "cleaned_data", {}).get("q") or "").strip()
        if not text or numbers.read(text) or _may_be_a_person(text):
            return rows
        word = text.casefold()
        return [row for row in rows if HIDDEN not in row.title or word in row.title.casefold()]

    @property
    def is_used(self) -> bool:
        return any(value for name, value in self.cleaned_data.items() if name != "sort")

    def _time(self, data: dict[str, Any], now: datetime) -> Q:
        condition = queries.UNDER_WAY if data.get("time") or data.get("sort") == "due" else Q()
        if data.get("time") == "late":
            condition &= Q(next_due_at__lt=now)
        elif data.get("time") == "soon":
            condition &= Q(next_due_at__gte=now, next_due_at__lt=now + timedelta(hours=4))
        if data.get("since"):
            condition &= Q(submitted_at__gte=datetime.combine(data["since"], time(), ZONE))
        if data.get("until"):
            end = datetime.combine(data["until"] + timedelta(days=1), time(), ZONE)
            condition &= Q(submitted_at__lt=end)
        return condition

    def _words(self, text: str, actor: Actor, now: datetime) -> Q:
        """A number finds exactly; words look through the titles of the last year."""
        text = text.strip()
        if not text:
            return Q()
        number = numbers.read(text)
        if number:
            return Q(number=number)
        if _may_be_a_person(text):
            exact = Q(legacy_number=text) | Q(city_number=text)
            if actor.may(P.TRIAGE):
                person = Q(requester__phone=text) | Q(requester__account=text)
                exact |= person & queries.known_by_person(actor)
            return exact
        return Q(title__icontains=text, submitted_at__gte=now - timedelta(days=365))


def _may_be_a_person(text: str) -> bool:
    """Could it be a phone number, a student's or a member of staff's? A number of old may look alike."""
    return text.isascii() and any(c.isdigit() for c in text)
