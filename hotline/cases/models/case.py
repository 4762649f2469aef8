"""A request, the person behind it, and the event it may be part of."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hotline.base.encrypted import EncryptedText, Fingerprint
from hotline.base.labels import Spoken
from hotline.cases.codes import Channel, Mode, Outcome, Referral, Seal, State
from hotline.catalog.models import Category, Place, Policy, RequestType, Urgency
from hotline.people.models import Kind, Unit, User


class Event(models.Model):
    """One real-world event that several requests tell of (并单主件): handled once, answered to each."""

    title = models.CharField(max_length=80)
    master = models.OneToOneField("Case", models.PROTECT, related_name="leads_event")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Case(Spoken):
    """诉求: what one person asks, once. Only services write it, under its row lock."""

    number = models.CharField(max_length=20, null=True)
    legacy_number = models.CharField(max_length=60, null=True)
    city_number = models.CharField(max_length=60, blank=True, default="")
    form_key = models.UUIDField(null=True)  # one filled-in form makes one request

    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)  # how many steps; forms carry it
    round = models.PositiveSmallIntegerField(default=1)
    hops = models.PositiveSmallIntegerField(default=0)  # units it was re-dispatched to this round
    designated = models.BooleanField(default=False)  # 指定承办: may not be returned
    direct = models.BooleanField(default=False)  # 直接答复
    is_demo = models.BooleanField(default=False)

    # What it is about
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    type = models.ForeignKey(
        RequestType, models.PROTECT, null=True, related_name="+", db_index=False
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False
    )
    urgency = models.ForeignKey(
        Urgency, models.PROTECT, null=True, related_name="+", db_index=False
    )
    title = models.CharField(max_length=80, blank=True, default="")
    body = models.TextField(blank=True, default="")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    place_detail = models.CharField(max_length=80, blank=True, default="")
    target_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", db_index=False
    )
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, related_name="cases", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )

    # Who asks, and who may know. The person's data is in Requester; a unit reads shown_*.
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.NAMED)
    seal = models.CharField(max_length=10, choices=Seal, blank=True, default=Seal.NONE)
    flagged = models.BooleanField(default=False)  # the screen saw signs of a crisis
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="cases", db_index=False)
    code_hash = models.CharField(max_length=64, blank=True, default="")
    privacy_notice = models.CharField(max_length=20, blank=True, default="")
    shown_title = models.CharField(max_length=80, blank=True, default="")
    shown_body = models.TextField(blank=True, default="")
    owner_seen_version = models.PositiveIntegerField(default=0)
    registered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )

    # Whose duty, and by when
    lead_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    next_due_at = models.DateTimeField(null=True)  # of whoever holds it now
    due_at = models.DateTimeField(null=True)  # the lead unit's, in force
    promised_at = models.DateTimeField(null=True)  # what the requester was told at first
    urged_at = models.DateTimeField(null=True)  # since when an urging waits for an answer
    policy = models.ForeignKey(
        Policy, models.PROTECT, null=True, related_name="+", db_index=False
    )  # the limits that it was promised under

    # What became of it
    answer = models.TextField(blank=True, default="")
    basis = models.CharField(max_length=200, blank=True, default="")  # of a direct answer
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    promise_date = models.DateField(null=True)
    promise_due_at = models.DateTimeField(null=True)  # the unit was asked, and answers until then
    referred_to = models.CharField(max_length=10, choices=Referral, blank=True, default="")

    # When. Moments that decide figures; everything else is in the steps.
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    first_closed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # the last close; null while open again
    left_at = models.DateTimeField(null=True)  # withdrawn or referred: out of the figures since
    stage_at = models.DateTimeField()  # since when in this state
    paused_minutes = models.PositiveIntegerField(default=0)  # 师生钟 stood still, natural minutes
    paused_working_minutes = models.PositiveIntegerField(default=0)
    worked_minutes = models.PositiveIntegerField(null=True)  # working minutes to the last close
    erased_at = models.DateTimeField(null=True)  # since when it tells of nobody any more

    class Meta:
        constraints: ClassVar = [
            # Here and not unique=True, which adds a second index for LIKE to each.
            models.UniqueConstraint(fields=["number"], name="case_number"),
            models.UniqueConstraint(
                fields=["legacy_number"],
                name="case_legacy_number",
                condition=Q(legacy_number__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["form_key"], name="case_form_key", condition=Q(form_key__isnull=False)
            ),
            models.CheckConstraint(
                name="case_has_a_number_once_submitted",
                condition=Q(state=State.DRAFT)
                | Q(number__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_closes_no_earlier_than_first",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("first_closed_at")),
            ),
            models.CheckConstraint(
                name="case_merged_says_into_which",
                condition=~Q(state=State.MERGED) | Q(merged_into__isnull=False),
            ),
            models.CheckConstraint(
                name="case_with_a_unit_names_it_and_its_time",
                condition=~Q(state__in=["DISPATCHED", "RETURN_REVIEW", "IN_PROGRESS", "ANSWERED"])
                | Q(lead_unit__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_in_crisis_is_sealed",
                condition=~Q(state=State.CRISIS) | Q(seal="CRISIS"),
            ),
            models.CheckConstraint(name="case_round_from_one", condition=Q(round__gte=1)),
        ]
        indexes: ClassVar = [
            # Boards, counts and the sweep walk what is under way (queries.UNDER_WAY); the archive
            # is a hundred times larger. Lists walk the primary key, or one of the next two.
            models.Index(
                fields=["state", "next_due_at", "id"],
                include=["seal"],
                name="case_open",
                condition=~Q(state__in=["DRAFT", "ARCHIVED"]),
            ),
            models.Index(
                fields=["lead_unit", "id"],
                name="case_lead_unit",
                condition=Q(lead_unit__isnull=False),
            ),
            models.Index(fields=["category", "id"], name="case_category"),
            models.Index(fields=["created_at"], name="case_draft", condition=Q(state="DRAFT")),
            models.Index(fields=["id"], name="case_flagged", condition=Q(flagged=True)),
            models.Index(
                fields=["referred_to", "id"], name="case_referred", condition=~Q(referred_to="")
            ),
            models.Index(fields=["event"], name="case_event", condition=Q(event__isnull=False)),
            models.Index(
                fields=["merged_into"], name="case_merged", condition=Q(merged_into__isnull=False)
            ),
            models.Index(
                fields=["city_number"], name="case_city_number", condition=~Q(city_number="")
            ),
            models.Index(  # what rules of age look for
                fields=["stage_at", "id"],
                name="case_aging",
                condition=Q(state="ARCHIVED", erased_at__isnull=True),
            ),
            models.Index(fields=["seal", "id"], name="case_sealed", condition=~Q(seal="")),
            models.Index(
                fields=["promise_date"], name="case_promised", condition=Q(outcome="PLANNED")
            ),
            models.Index(
                fields=["owner", "id"],
                name="case_owner",
                condition=Q(owner__isnull=False),
            ),
            # Figures read this alone and not the texts beside it, which are ten times as long.
            models.Index(
                fields=["submitted_at"],
                include=[
                    "id",
                    "accepted_at",
                    "first_closed_at",
                    "closed_at",
                    "left_at",
                    "paused_minutes",
                    "worked_minutes",
                    "lead_unit",
                    "category",
                    "channel",
                    "type",
                    "seal",
                    "state",
                ],
                name="case_figures",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def category_code(self) -> str | None:
        return self.category.code if self.category else None

    @property
    def is_complaint(self) -> bool:
        return self.type is not None and self.type.is_complaint

    @property
    def is_urgent(self) -> bool:
        return self.urgency is not None and self.urgency.is_urgent

    @property
    def unit_title(self) -> str:
        """What its units call it: never more than their copy's title, else the number."""
        return self.shown_title or self.number or ""

    @property
    def hides_requester(self) -> bool:
        """保密 or 匿名: units read a redacted copy."""
        return self.mode != Mode.NAMED


class Requester(Spoken):
    """Who asks. Apart from the case, so that no list carries it along; sight.py lets it out."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="requester")
    name = EncryptedText(of="name", max_length=60, blank=True, default="")
    account = EncryptedText(of="account", findable=True, max_length=40, blank=True, default="")
    phone = EncryptedText(of="phone", findable=True, max_length=20, blank=True, default="")
    kind = models.CharField(max_length=15, choices=Kind, blank=True, default="")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    grade = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(Fingerprint("phone"), name="requester_phone", condition=~Q(phone="")),
            models.Index(
                Fingerprint("account"), name="requester_account", condition=~Q(account="")
            ),
        ]


class CrisisFile(models.Model):
    """The original words of a request that was a cry for help; only the crisis team opens it."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="crisis_file")
    title = models.CharField(max_length=80)
    body = models.TextField()
    sealed_at = models.DateTimeField()
