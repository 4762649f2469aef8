"""What is typed on the pages of the roster: shape only."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Case as Choose
from django.db.models import When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.doors.ui.forms import Checks, Choices, Day, HouseForm, Moment, Words
from hotline.people.models import User
from hotline.roster.models import Days, Pattern, Position, Post
from hotline.roster.services.planning import Turns


def place() -> forms.IntegerField:
    """Somebody's number in an order; empty is not at all."""
    return forms.IntegerField(
        required=False, min_value=1, max_value=99,
        widget=forms.NumberInput(attrs={"min": 1, "max": 99, "inputmode": "numeric", "class": "form-control order-box"}),
    )  # fmt: skip


class Ordered(HouseForm):
    """People, each with a number that says in which order they come."""

    orders: tuple[str, ...] = ()

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        for user in self.people:
            for order in self.orders:
                self.fields[f"{order}_{user.pk}"] = place()

    def lines(self) -> list[tuple[User, list[Any]]]:
        """One line a person, with a box an order."""
        return [(u, [self[f"{order}_{u.pk}"] for order in self.orders]) for u in self.people]

    def chosen(self, order: str) -> list[User]:
        """Those with a number, by their numbers."""
        numbers = {u.pk: self.cleaned_data.get(f"{order}_{u.pk}") for u in self.people}
        listed = [u for u in self.people if numbers[u.pk]]
        return sorted(listed, key=lambda u: numbers[u.pk] or 0)


class Patterns(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Patterns with their hours, and the days they are for."""

    def label_from_instance(self, row: Pattern) -> str:
        days = "" if row.days == Days.ANY else f" · {row.get_days_display()}"
        return f"{row} {row.starts:%H:%M}–{row.ends:%H:%M}{days}"


class PlanForm(Ordered):
    """A range by rotation."""

    orders = ("main", "second")
    from_date = Day(label=_("从"))
    to_date = Day(label=_("到（含）"))
    patterns = Patterns(
        label=pgettext_lazy("several", "班次"),
        queryset=Pattern.objects.filter(enabled=True),
        widget=Checks,
    )
    turns = forms.ChoiceField(
        label=_("轮换"), choices=Turns.choices, widget=Choices, initial=Turns.SHIFT
    )


class ShiftForm(HouseForm):
    """One shift."""

    user = forms.ModelChoiceField(label=_("值班人"), queryset=User.objects.none())
    position = forms.ChoiceField(
        label=pgettext_lazy("of a shift", "班次"),
        choices=Position.choices,
        widget=Choices,
        initial=Position.MAIN,
    )
    from_at = Moment(label=_("起"))
    to_at = Moment(label=_("止"))

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allow(self, people)


class ReliefForm(HouseForm):
    """Who takes a shift over."""

    user = forms.ModelChoiceField(label=_("顶班人"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allow(self, people)


def allow(form: HouseForm, people: Iterable[User]) -> None:
    field: Any = form.fields["user"]
    ranks = {user.pk: rank for rank, user in enumerate(sorted(people, key=lambda u: u.name))}
    places = Choose(*(When(pk=pk, then=rank) for pk, rank in ranks.items()), default=0)
    field.queryset = User.objects.filter(pk__in=ranks).order_by(places, "pk")


class SwapForm(HouseForm):
    """For whose shift, or by whom."""

    whose = forms.ChoiceField(label=_("换给谁"))
    words = forms.CharField(label=_("原因"), required=False, max_length=200)


class HandoverForm(HouseForm):
    """What the leaving person says."""

    notes = Words(
        label=_("交接事项"), help_text=_("没有时写“无”。写编号，不写姓名和电话。"), rows=6
    )


class PostForm(Ordered):
    """A post with its list of names."""

    orders = ("place",)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), required=False, max_length=120)
    phone = forms.CharField(label=_("值班电话"), required=False, max_length=40)
    note = forms.CharField(label=_("说明"), required=False, max_length=200)
    needs_cover = forms.BooleanField(label=_("不得空班，空班时提醒"), required=False)

    @classmethod
    def of(cls, post: Post) -> dict[str, Any]:
        """What the form says of a post as it stands."""
        plain = {
            name: getattr(post, name)
            for name in ("name", "name_en", "phone", "note", "needs_cover")
        }
        return plain | {f"place_{s.user_id}": s.place for s in post.standers.all()}


class PatternForm(HouseForm):
    """The hours of a shift."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), required=False, max_length=120)
    starts = forms.TimeField(
        label=_("起"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label=_("止"), help_text=_("不晚于起的，到次日。"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )  # fmt: skip
    days = forms.ChoiceField(
        label=_("适用"), choices=Days.choices, widget=Choices, initial=Days.ANY
    )
    enabled = forms.BooleanField(label=_("启用"), required=False, initial=True)


def next_monday(today: date) -> date:
    return date.fromordinal(today.toordinal() + 7 - today.weekday())
