"""Posts, patterns of shifts, who sits when, swaps, and the sheets that change hands."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from hotline.people.models import Named, User


class Position(models.TextChoices):
    MAIN = "MAIN", _("主班")
    SECOND = "SECOND", _("副班")


class Source(models.TextChoices):
    """How a shift came to be as it is."""

    PLAN = "PLAN", _("排班")
    HAND = "HAND", _("手工")
    SWAP = "SWAP", _("换班")
    RELIEF = "RELIEF", _("顶班")


class Days(models.TextChoices):
    """The days on which a pattern is used, by the office's calendar."""

    ANY = "ANY", _("每天")
    WORK = "WORK", _("工作日")
    REST = "REST", _("休息日")


class Post(Named):
    """A place that somebody holds by turns; one without turns is only a telephone number."""

    code = models.SlugField(_("编码"), max_length=20, unique=True)
    phone = models.CharField(_("值班电话"), max_length=40, blank=True, default="")
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")
    by_turns = models.BooleanField(_("排班"), default=True)
    demands = models.CharField(max_length=40, blank=True, default="")  # a permission, of its people
    needs_cover = models.BooleanField(_("不得空班"), default=False)
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("id",)


class Stander(models.Model):
    """Somebody of a post's own list: in this order they are called when nobody else answers."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="standers")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("place", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "user"], name="once_on_a_posts_list")
        ]


class Pattern(Named):
    """The hours of one shift of a day. An end not after the start is on the next day."""

    code = models.SlugField(_("编码"), max_length=20, unique=True)
    starts = models.TimeField(_("起"))
    ends = models.TimeField(_("止"))
    days = models.CharField(_("适用"), max_length=4, choices=Days, default=Days.ANY)
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("id",)


class Run(models.Model):
    """One planning: shifts that came together and can be taken back together."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="runs")
    from_date = models.DateField()
    to_date = models.DateField()  # the last day, included
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)


class Shift(models.Model):
    """Somebody holds a post, from a moment until, and not at, another."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="shifts", verbose_name=_("岗位"))
    user = models.ForeignKey(User, models.PROTECT, related_name="shifts", verbose_name=_("人员"))
    position = models.CharField(_("班次"), max_length=6, choices=Position, default=Position.MAIN)
    from_at = models.DateTimeField(_("起"))
    to_at = models.DateTimeField(_("止"))
    source = models.CharField(max_length=6, choices=Source, default=Source.HAND)
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="shifts")

    class Meta:
        ordering = ("from_at", "id")
        indexes: ClassVar = [models.Index(fields=["to_at", "from_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="shift_ends_after_it_begins", condition=Q(to_at__gt=F("from_at"))
            ),
            # Two ranges, because PostgreSQL compares a plain number in such an index only with
            # an extension that not every installation has.
            ExclusionConstraint(
                name="one_main_person_a_post_and_moment",
                expressions=[
                    (Func("post", "post", Value("[]"), function="int8range"), "&&"),
                    (Func("from_at", "to_at", function="tstzrange"), "&&"),
                ],
                condition=Q(position=Position.MAIN),
            ),
        ]


class SwapState(models.TextChoices):
    ASKED = "ASKED", _("待对方同意")
    ACCEPTED = "ACCEPTED", _("待批准")
    APPROVED = "APPROVED", _("已批准")
    REFUSED = "REFUSED", _("未同意")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


class Swap(models.Model):
    """Somebody asks another to take a shift of theirs, for one of the other's or for none."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="swaps")
    other = models.ForeignKey(Shift, models.CASCADE, null=True, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    to_user = models.ForeignKey(User, models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=9, choices=SwapState, default=SwapState.ASKED)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shift"],
                condition=Q(state__in=[SwapState.ASKED, SwapState.ACCEPTED]),
                name="one_open_swap_a_shift",
            )
        ]


class SwapStep(models.Model):
    """What happened to a request for a swap; rows are only ever added."""

    swap = models.ForeignKey(Swap, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=10)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class Handover(models.Model):
    """A sheet (交接单): what was open when it was written, and what the leaving person says.

    ``open_items`` is text as the writer was allowed to see it then: numbers and counts, no names.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="handovers")
    open_items = models.JSONField(default=dict)
    notes = models.TextField(blank=True, default="")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_sheet_is_signed_by_another",
                condition=Q(signed_by=None, signed_at=None)
                | (Q(signed_at__isnull=False) & ~Q(signed_by=F("written_by"))),
            )
        ]
