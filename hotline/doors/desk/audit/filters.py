"""What an auditor looks for among the looks."""

from datetime import datetime, time, timedelta

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from hotline.audit import queries
from hotline.cases import numbers, recusal
from hotline.cases.codes import Seal
from hotline.cases.models import Case, Door, Look
from hotline.doors.ui.forms import Day, HouseForm
from hotline.doors.ui.sought import SoughtField
from hotline.people.actor import Actor
from hotline.people.queries import people_like
from hotline.worktime.clock import ZONE

ALL = [("", gettext_lazy("全部"))]


class LooksForm(HouseForm):
    """Everything is optional; nonsense finds nothing."""

    q = SoughtField(label=gettext_lazy("谁（工号或姓名）"), required=False, max_length=60)
    number = forms.CharField(label=gettext_lazy("受理编号"), required=False, max_length=30)
    door = forms.ChoiceField(
        label=gettext_lazy("怎样看到"), required=False, choices=[*ALL, *Door.choices]
    )
    unusual = forms.BooleanField(label=gettext_lazy("只看异常查看"), required=False)
    since = Day(label=gettext_lazy("日期起"), required=False)
    until = Day(label=gettext_lazy("日期止"), required=False)

    def rows(self, reader: Actor) -> QuerySet[Look]:
        """The looks that are meant, with what a line shows.

        By number only requests are found whose number this reader is shown: to guess one says nothing.
        """
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        where = Q()
        if text := data.get("q"):
            where &= Q(by__in=[user.pk for user in people_like(text)])
        if text := data.get("number"):
            number = numbers.read(text) or text.strip()
            known = Case.objects.filter(recusal.open_to(reader), number=number, seal=Seal.NONE)
            ids = list(known.values_list("pk", flat=True))
            where &= Q(case__in=ids) | Q(cases__overlap=ids)
        if door := data.get("door"):
            where &= Q(door=door)
        if data.get("unusual"):
            where &= Q(queries.within_an_alert())
        if since := data.get("since"):
            where &= Q(at__gte=datetime.combine(since, time(), ZONE))
        if until := data.get("until"):
            where &= Q(at__lt=datetime.combine(until + timedelta(days=1), time(), ZONE))
        rows = Look.objects.filter(where).defer("cases")
        return rows.select_related("by", "case__requester", "order__unit")
