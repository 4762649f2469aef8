"""One step seen by those who are told of it: which people, and what the message may say to them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils.timezone import localdate

from hotline.base.masking import redact, words_of
from hotline.cases import folder, recusal, seals
from hotline.cases.codes import LIVE_ORDERS, Mode, OrderState, Referral, Seal, State
from hotline.cases.models import Case, Clock, Step, WorkOrder
from hotline.cases.models.clock import ClockKind
from hotline.cases.sight import Sight, Viewer, unit_sight
from hotline.notices.audience import Telling, Whom
from hotline.people import queries as people
from hotline.people.models import User
from hotline.people.permissions import P

UNTITLED = frozenset(
    {
        "passed_on",
        "petition_due",
        "crisis_sign",
        "crisis_alarm",
        "order_called_off",
        "referral",
        "crisis_over",
    }
)
STAGED = frozenset({  # the time is that of the stage which begins
    "need_info", "urgent_new", "answer_waits", "return_asked", "contested", "instruction_sought",
})  # fmt: skip
OWNERS: Mapping[str, Whom] = {  # of the office's clock in each stage
    State.SUBMITTED: Whom.TRIAGE, State.ACCEPTED: Whom.TRIAGE, State.ANSWERED: Whom.REVIEW,
    State.AWAIT_INSTRUCTION: Whom.LEADERS, State.CRISIS: Whom.CRISIS_TEAM,
}  # fmt: skip
PERMISSIONS: Mapping[Whom, P] = {
    Whom.TRIAGE: P.TRIAGE, Whom.CONFIRM: P.CONFIRM, Whom.DECIDE: P.DECIDE, Whom.REVIEW: P.REVIEW,
    Whom.SUPERVISORS: P.SUPERVISE, Whom.CRISIS_TEAM: P.CRISIS,
}  # fmt: skip
# What says who somebody is. A room stays: it says where, and a unit goes by it.
PERSONAL = frozenset({"known", "name", "identity", "phone", "email", "handle", "account"})
RECEIVERS = {Referral.PETITION: P.PETITION, Referral.DISCIPLINE: P.DISCIPLINE}


@dataclass(frozen=True)
class Recipient:
    """Somebody who is told: a person with an account, or the requester who has none."""

    user: User | None
    order: WorkOrder | None = None
    to_requester: bool = False


@dataclass
class Story:
    """A step, its request as it stands now, and what belongs to it; each read once."""

    step: Step
    at: datetime
    _held: dict[P, list[User]] = field(default_factory=dict)
    _kept: dict[tuple[int, bool], bool] = field(default_factory=dict)

    @cached_property
    def case(self) -> Case:
        return folder.furnish(self.step.case)

    @cached_property
    def orders(self) -> list[WorkOrder]:
        return folder.orders(self.case)

    @cached_property
    def clock(self) -> Clock | None:
        pk = self.step.facts.get("clock_id")
        return Clock.objects.filter(pk=pk).first() if pk else None

    @cached_property
    def order(self) -> WorkOrder | None:
        """The step's own order, that of its clock, or the lead's.

        Whoever answered is asked about what they promised, though their order has ended since.
        """
        pk = self.step.order_id or self.step.facts.get("order_id")
        wanted = {OrderState.DONE} if self.step.verb == "ask_back" else LIVE_ORDERS
        lead = next((o for o in self.orders if o.is_lead and o.state in wanted), None)
        return next((o for o in self.orders if o.pk == pk), lead)

    @property
    def seals(self) -> bool:
        """Does this step close the request to everyone who has read of it until now? Whatever its verb:
        it says so itself."""
        return "sealed" in self.step.facts

    @property
    def bars(self) -> bool:
        """May this step have closed the request to somebody who was told of it?"""
        return self.step.verb in {"name_people", "step_aside", "unit_step_aside"}

    def applies(self, telling: Telling) -> bool:
        """Does the condition of this line of the table hold?"""
        match telling.only_if:
            case "urgent":
                return self.case.is_urgent or self.case.flagged
            case "flagged":
                return self.case.flagged
            case "enclosed":
                return self.case.seal in seals.APART
            case "supply":
                return bool(self.step.facts.get("clock") == ClockKind.SUPPLY)
        return True

    # --- Who ------------------------------------------------------------------------------

    def recipients(self, telling: Telling) -> Iterator[Recipient]:
        """Everyone of this line, each once, without whoever made the step or must keep away."""
        if not self.applies(telling):
            return
        if telling.whom is Whom.REQUESTER:
            yield from self._requester()
            return
        seen = {self.step.by_id}
        for user, order in self._unbarred(telling.whom):
            if user.pk not in seen and self._may_know(user, order, telling):
                seen.add(user.pk)
                yield Recipient(user, order)

    def _requester(self) -> Iterator[Recipient]:
        """Not of an anonymous request, and never a word from the first sign of a crisis on."""
        case = self.case
        if case.mode == Mode.ANONYMOUS or case.seal == Seal.CRISIS:
            return
        if case.flagged and case.state == State.SUBMITTED:
            return  # somebody looks at it first
        if case.steps.filter(verb="alarm").exists():
            return
        person = folder.requester(case)
        owner = case.owner if case.owner is not None and case.owner.is_active else None
        if owner is not None or (person is not None and person.phone):
            yield Recipient(owner, None, to_requester=True)

    def _unbarred(self, whom: Whom) -> Iterator[tuple[User, WorkOrder | None]]:
        found = list(self._staff(whom))
        for at_desk in (True, False):
            group = [pair for pair in found if (pair[1] is None) == at_desk]
            away = self._away([user for user, _order in group], at_desk=at_desk)
            yield from (pair for pair in group if pair[0].pk not in away)

    def _away(self, users: list[User], *, at_desk: bool) -> set[int]:
        """Ids of those of them who must keep away; each is asked about once."""
        fresh = [user for user in users if (user.pk, at_desk) not in self._kept]
        found = recusal.away_from(self.case) if fresh else set()
        if at_desk:
            found = recusal.kept_away(self.case, fresh, on=localdate(self.at))
        self._kept.update({(user.pk, at_desk): user.pk in found for user in fresh})
        return {user.pk for user in users if self._kept[user.pk, at_desk]}

    def _staff(self, whom: Whom) -> Iterator[tuple[User, WorkOrder | None]]:
        if whom is Whom.OWNER:
            whom = self._owner()
        if whom is Whom.LEADERS:
            if self.case.seal in seals.APART:
                return
            found = people.leaders(on=localdate(self.at), category=self.case.category_code)
            yield from ((user, None) for user in found)
        elif whom is Whom.OTHERS:
            order = self.order if self.step.order_id else None
            yield from self._staff(Whom.UNIT if order is not None else Whom.TRIAGE)
        elif whom in PERMISSIONS or whom is Whom.RECEIVERS:
            permission = self._key(whom)
            yield from ((user, None) for user in (self._holders(permission) if permission else ()))
        elif whom is not Whom.REQUESTER:
            find: Callable[[WorkOrder], list[User]] = (
                self._head if whom is Whom.HEAD else self._handlers
            )
            for order in self._orders(whom):
                yield from ((user, order) for user in find(order))

    def _key(self, whom: Whom) -> P | None:
        """Which permission makes somebody one of this group, for this request."""
        case = self.case
        if whom is Whom.RECEIVERS:
            if case.referred_to:
                return RECEIVERS.get(Referral(case.referred_to))
            return seals.KEYS[Seal(case.seal)] if case.seal in seals.APART else None
        stands = case.seal in seals.APART and whom is not Whom.CRISIS_TEAM
        return seals.stand_in(case.seal, PERMISSIONS[whom]) if stands else PERMISSIONS[whom]

    def _owner(self) -> Whom:
        """Whose clock the step speaks of."""
        kind = self.step.facts.get("clock", "")
        if kind == ClockKind.OFFICE:
            return OWNERS.get(str(self.step.facts.get("stage", "")), Whom.DECIDE)
        if kind == ClockKind.SUPPLY:
            return Whom.REQUESTER
        return Whom.UNIT if self.order is not None else Whom.TRIAGE

    def _orders(self, whom: Whom) -> list[WorkOrder]:
        live = [o for o in self.orders if o.state in LIVE_ORDERS and o.round == self.case.round]
        match whom:
            case Whom.NEW_UNITS:
                return [o for o in live if o.is_lead and o.sent_at == self.step.at]
            case Whom.NEW_JOINTS:
                return [o for o in live if not o.is_lead and o.sent_at == self.step.at]
            case Whom.CALLED_OFF:
                gone = [o for o in self.orders if o.state == OrderState.CANCELLED]
                return [o for o in gone if o.ended_at == self.step.at]
            case Whom.UNITS:
                return live
            case Whom.ASSIGNEE if self.order is not None and self.order.assignee_id is None:
                return [self.order] if self.order.section_id else []
        return [self.order] if self.order is not None else []

    def _handlers(self, order: WorkOrder) -> list[User]:
        """Whoever the unit gave it to, else the contacts of its section or unit, else the head."""
        if order.assignee_id is not None:
            given = list(User.objects.filter(pk=order.assignee_id, is_active=True))
            if not self._away(given, at_desk=False):
                return given
        on = localdate(self.at)
        places = [order.section, order.unit] if order.section_id else [order.unit]
        for place in places:
            if place is None:
                continue
            heads = {user.pk for user in people.holders(P.APPROVE, unit=place, on=on)}
            held = list(people.holders(P.HANDLE, unit=place, on=on))
            away = self._away(held, at_desk=False)
            held = [user for user in held if user.pk not in away]
            if contacts := [user for user in held if user.pk not in heads] or held:
                return contacts
        return []

    def _head(self, order: WorkOrder) -> list[User]:
        head = people.head_of(order.unit, on=localdate(self.at))
        return [head] if head is not None else []

    def _holders(self, permission: P) -> list[User]:
        """People of the office who may do this for such a request."""
        if permission not in self._held:
            self._held[permission] = people.standing(
                permission, category=self.case.category_code, on=localdate(self.at)
            )
        return self._held[permission]

    def _may_know(self, user: User, order: WorkOrder | None, telling: Telling) -> bool:
        """Of a sealed request only those of its room learn, units that it was taken from, and of one
        about the office those who work on it and who judge the signs of a crisis."""
        seal = self.case.seal
        if seal == Seal.NONE or telling.whom is Whom.CALLED_OFF:
            return True
        if seal in seals.APART and (order is not None or telling.whom is Whom.CRISIS_TEAM):
            return True
        room = self._holders(seals.KEYS[Seal(seal)])
        return user.pk in {member.pk for member in room}

    # --- What -----------------------------------------------------------------------------

    def values(self, telling: Telling, to: Recipient) -> dict[str, str | datetime | None]:
        """Number, short title and time, as this reader may have them."""
        return {
            "number": self.case.number or "",
            "title": "" if telling.template in UNTITLED else self._title(telling, to),
            "time": self._time(telling.template, to.order or self.order),
        }

    def _title(self, telling: Telling, to: Recipient) -> str:
        if self.case.seal != Seal.NONE or self.case.flagged:
            return ""  # nor of what may yet turn out to be a cry for help
        if to.to_requester:
            return self.case.title
        person = folder.requester(self.case)  # a page may name people to some; no carrier is told
        known = words_of(person) if person is not None else ()
        return redact(self._page_title(telling, to), known=known, kinds=PERSONAL)

    def _page_title(self, telling: Telling, to: Recipient) -> str:
        """The title as this reader has it on their pages."""
        if to.order is not None:
            return unit_sight(to.order, at=self.at).title if self.case.shown_title else ""
        high = telling.whom in {Whom.LEADERS, Whom.SUPERVISORS}
        return Sight(self.case, Viewer.LEADER if high else Viewer.OFFICE, self.at).title

    def _time(self, template: str, order: WorkOrder | None) -> datetime | None:
        if self.clock is not None:
            return self.clock.due_at
        case = self.case
        if template in STAGED:
            return self._stage_due() or case.next_due_at or case.due_at
        if template in {"crisis_sign", "crisis_alarm"}:
            return self.step.at
        if order is None or template in {"on_its_way", "again"}:
            return case.due_at
        if template in {"order_new", "order_again", "return_refused"}:
            return order.respond_due_at
        return (
            order.suspended_until if template in {"suspended", "order_suspended"} else order.due_at
        )

    def _stage_due(self) -> datetime | None:
        """Until when the stage that this step began may last, even if it is over by now."""
        began = Clock.objects.filter(case=self.case, started_at=self.step.at)
        stage = began.filter(Q(stage=self.step.after) | Q(kind=ClockKind.SUPPLY)).first()
        return stage.due_at if stage is not None else None


def story_of(step_id: int, *, at: datetime) -> Story | None:
    """The story of a step; None when there is no such step."""
    related = ("case", "case__requester", "case__owner")
    step = Step.objects.filter(Q(pk=step_id)).select_related(*related).first()
    return Story(step, at) if step is not None else None
