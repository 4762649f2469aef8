"""Who sees what of a request: the one place that decides, field by field.

Pages, lists, exports, file names and messages show a request only through :class:`Sight`.
The table is that of docs/domain.md, 1.2; a test walks all of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from functools import cached_property

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base.masking import KNOWN, mask_account, mask_name, mask_phone, redact, words_of
from hotline.cases import folder, policies, recusal, seals
from hotline.cases.codes import Mode, OrderState, Referral, Seal
from hotline.cases.models import (
    Attachment,
    Case,
    CrisisFile,
    Rating,
    Remark,
    Requester,
    Step,
    WorkOrder,
)
from hotline.cases.models.files import FileState
from hotline.cases.models.record import RemarkKind
from hotline.cases.unmasking import Asked
from hotline.catalog import terms
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.people.permissions import P

CELL = 5  # fewer people than this of one kind in one college, and the kind gives them away
AGENT_HOURS = 2  # "during the own call" as long as no telephone says when it ends


class Viewer(StrEnum):
    """In which standing somebody looks at a request."""

    SELF = "SELF"
    CALLER_AGENT = "CALLER_AGENT"  # registering it now, or calling back
    AGENT = "AGENT"
    OFFICE = "OFFICE"
    UNIT = "UNIT"  # handles a 实名 request
    UNIT_SECRET = "UNIT_SECRET"  # noqa: S105 - handles a 保密 or 匿名 one
    UNIT_BEFORE = "UNIT_BEFORE"  # handled it in a round that is over
    JOINT = "JOINT"
    LEADER = "LEADER"
    SUPERVISOR = "SUPERVISOR"
    CRISIS_TEAM = "CRISIS_TEAM"
    RECEIVER = "RECEIVER"  # petition or discipline office
    OVER_OFFICE = "OVER_OFFICE"  # receives complaints about the hotline office
    NOBODY = "NOBODY"


class Level(Enum):
    FULL = "full"
    MASKED = "masked"
    HIDDEN = "hidden"


FIELDS = (
    "name",
    "phone",
    "origin",
    "body",
    "photos",
    "notes",
    "score",
    "words",
    "crisis",
)
F, M, H = Level
TABLE: Mapping[Viewer, Mapping[str, Level]] = {
    viewer: dict(zip(FIELDS, levels, strict=True))
    for viewer, levels in {
        #                    name phone origin body photos notes score words crisis
        Viewer.SELF:         (F,  F,    F,     F,   F,     H,    F,    F,    F),
        Viewer.CALLER_AGENT: (F,  F,    F,     F,   F,     M,    F,    F,    H),
        Viewer.AGENT:        (M,  M,    F,     F,   F,     M,    F,    F,    H),
        Viewer.OFFICE:       (M,  M,    F,     F,   F,     F,    F,    F,    H),
        Viewer.UNIT:         (M,  M,    F,     M,   F,     M,    F,    M,    H),
        Viewer.UNIT_BEFORE:  (H,  H,    H,     M,   F,     M,    H,    H,    H),
        Viewer.UNIT_SECRET:  (H,  H,    M,     M,   F,     M,    M,    H,    H),
        Viewer.JOINT:        (H,  H,    M,     M,   F,     M,    H,    H,    H),
        Viewer.LEADER:       (H,  H,    M,     F,   F,     F,    H,    H,    H),
        Viewer.SUPERVISOR:   (H,  H,    M,     F,   F,     F,    F,    F,    H),
        Viewer.CRISIS_TEAM:  (F,  F,    F,     F,   F,     F,    H,    H,    F),
        Viewer.RECEIVER:     (F,  F,    F,     F,   F,     H,    H,    H,    H),
        Viewer.OVER_OFFICE:  (M,  M,    F,     F,   F,     F,    F,    F,    H),
        Viewer.NOBODY:       (H,  H,    H,     H,   H,     H,    H,    H,    H),
    }.items()
}  # fmt: skip

UNMASKABLE: Mapping[Viewer, frozenset[str]] = {  # the cells with a △: with a reason, for a time
    Viewer.OFFICE: frozenset({"name", "phone"}),
    Viewer.OVER_OFFICE: frozenset({"name", "phone"}),
    Viewer.UNIT: frozenset({"name"}),
    Viewer.LEADER: frozenset({"name"}),
}


ROOMS = {
    Seal.CRISIS: Viewer.CRISIS_TEAM,
    Seal.DISCIPLINE: Viewer.RECEIVER,
    Seal.OFFICE: Viewer.OVER_OFFICE,
    Seal.LEADERS: Viewer.OVER_OFFICE,
}
STANDING = (  # of several, the first that is held
    (P.TRIAGE, Viewer.OFFICE),
    (P.DECIDE, Viewer.OFFICE),
    (P.SUPERVISE, Viewer.SUPERVISOR),
    (P.INSTRUCT, Viewer.LEADER),
    (P.READ_OPEN, Viewer.AGENT),
    (P.VISIT, Viewer.AGENT),
)


SHOWN = {FileState.READY, FileState.PENDING}
COPYING = {"dispatch", "redact", "instruct"}  # moves that may write the units' copy anew
REWRITTEN = gettext_lazy("（内容已更新，不再提供）")
UNITS = (Viewer.UNIT, Viewer.UNIT_SECRET, Viewer.UNIT_BEFORE, Viewer.JOINT)


@dataclass(frozen=True)
class Sight:
    """A request as one person may see it at one moment. Templates get this, never the person's row."""

    case: Case
    viewer: Viewer
    at: datetime
    unit_order: WorkOrder | None = None
    asked: tuple[Asked, ...] = ()  # what this person has asked to see in full
    reader: int | None = None  # the account of who looks, where it is a person

    def level(self, field: str) -> Level:
        return Level.FULL if field in self.unmasked else TABLE[self.viewer][field]

    @property
    def unmaskable(self) -> frozenset[str]:
        """What one may ask to see in full, in this standing. Of an anonymous requester nothing is known."""
        nothing = self.case.mode == Mode.ANONYMOUS
        return frozenset() if nothing else UNMASKABLE.get(self.viewer, frozenset())

    @cached_property
    def unmasking(self) -> Asked | None:
        """The asking under which this person now sees more than their standing gives."""
        return next((asked for asked in self.asked if asked.is_open(self.at)), None)

    @cached_property
    def unmasked(self) -> frozenset[str]:
        return self.unmasking.fields & self.unmaskable if self.unmasking else frozenset()

    @property
    def shown(self) -> str:
        """Which fields are seen and how far: "name:masked body:full". Nobody is known by 匿名."""
        unknown = ("name", "phone") if self.case.mode == Mode.ANONYMOUS else ()
        levels = ((field, self.level(field)) for field in FIELDS if field not in unknown)
        return " ".join(f"{f}:{level.value}" for f, level in levels if level is not Level.HIDDEN)

    # --- Who asks -------------------------------------------------------------------------

    @cached_property
    def _person(self) -> Requester | None:
        return folder.requester(self.case)

    @property
    def name(self) -> str:
        """The name, masked or as an alias where the policy says so."""
        level = self.level("name")
        if self.case.mode == Mode.ANONYMOUS:
            return _("匿名")
        if level is Level.HIDDEN:
            return _("诉求人（身份保密）")
        name = self._person.name if self._person else ""
        return (name if level is Level.FULL else mask_name(name)) or _("未留姓名")

    @property
    def account(self) -> str:
        return self._shown("account", "name", mask_account)

    @property
    def phone(self) -> str:
        return self._shown("phone", "phone", mask_phone)

    def _shown(self, attribute: str, field: str, mask: Callable[[str], str]) -> str:
        level = self.level(field)
        if level is Level.HIDDEN or self._person is None:
            return ""
        value: str = getattr(self._person, attribute)
        return value if level is Level.FULL else mask(value)

    @property
    def origin(self) -> str:
        """College, grade and kind of person; only the kind where masked, nothing in a small cell."""
        level, person = self.level("origin"), self._person
        if level is Level.HIDDEN or person is None or not person.kind:
            return ""
        if level is Level.FULL:
            parts = [person.college, person.grade, person.get_kind_display()]
            return " · ".join(str(part) for part in parts if part)
        return "" if _small_cell(person) else str(person.get_kind_display())

    # --- What it says ---------------------------------------------------------------------

    @property
    def title(self) -> str:
        if self._reads_copy:
            if self._copy_is_newer:
                return str(REWRITTEN)
            return self.discreet(self.case.shown_title) or _("（内容待热线办核对后提供）")
        if self._own_file:
            return self._own_file.title
        return self.discreet(self.case.title) if self.level("body") is Level.FULL else ""

    @property
    def body(self) -> str:
        if self._reads_copy:
            if self._copy_is_newer:
                return self.opinion
            if self.is_joint and self.case.hides_requester and self.unit_order:
                return self.opinion or self.discreet(self.case.shown_title)
            return self.discreet(self.case.shown_body)
        if self._own_file:
            return self._own_file.body
        return self.discreet(self.case.body) if self.level("body") is Level.FULL else ""

    @property
    def opinion(self) -> str:
        """What the office wrote for this unit when it sent the order."""
        return self.discreet(self.unit_order.opinion) if self.unit_order else ""

    @cached_property
    def _own_file(self) -> CrisisFile | None:
        """One's own words stay one's own, while they are sealed for everyone else."""
        sealed = self.is_self and self.case.seal == Seal.CRISIS
        return CrisisFile.objects.filter(case=self.case).first() if sealed else None

    @property
    def _reads_copy(self) -> bool:
        return self.level("body") is Level.MASKED

    def discreet(self, text: str, *, by: int | None = None) -> str:
        """People often sign what they write: who must not know the name reads on without it.

        Never for words of the reader's own, written ``by`` their account: a guess that comes back
        blacked out is an answer.
        """
        own = by is not None and by == self.reader
        if own or self.level("name") is not Level.HIDDEN or self._person is None:
            return text
        return discreet(text, words_of(self._person))

    @property
    def place(self) -> str:
        """Where it happened; the free text only to those who read the original."""
        place = self.case.place.full_name if self.case.place else ""
        detail = "" if self._reads_copy and self.case.hides_requester else self.case.place_detail
        return " ".join(part for part in (place, self.discreet(detail)) if part)

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Files this person may open: what came with the request, and what came with answers."""
        return [row for row in self._files if row.state in SHOWN]

    @cached_property
    def locked_files(self) -> list[Attachment]:
        """Files that nobody opens, infected or broken: for who sent them with the request, and
        for the office, who may have to ask for them again."""
        mine = [row for row in self._files if row.order_id is None and not row.inner]
        rows = mine if self.is_self else self._files if self.reads_notes else []
        return [row for row in rows if row.state not in SHOWN]

    @cached_property
    def _files(self) -> list[Attachment]:
        if self.level("photos") is Level.HIDDEN:
            return []
        return [row for row in folder.files(self.case) if self._may_open(row)]

    def opens(self, row: Attachment, *, by: Actor) -> bool:
        """May the bytes be read now? Until it has been judged only by who sent it, and a photo,
        which tells where it was taken, by nobody."""
        if row.pk not in {seen.pk for seen in self.attachments}:
            return False
        if row.state == FileState.READY:
            return True
        with_request = self.is_self and row.order_id is None and not row.inner
        own = row.by_id is not None and row.by_id == by.user_id
        return not row.is_photo and (with_request or own)

    def _may_open(self, row: Attachment) -> bool:
        if self.is_later(row.at):
            return False
        if row.inner and not (self.reads_notes or self.viewer is Viewer.UNIT):
            return False
        if row.order is not None:
            return self._may_open_answer(row, row.order)
        if row.sealed and not self.is_self:
            return self.level("crisis") is Level.FULL
        return not (row.withheld and self._reads_copy)

    def _may_open_answer(self, row: Attachment, order: WorkOrder) -> bool:
        """An answer's files reach the requester with the answer, a joint unit's only the lead."""
        if self.is_self:
            return order.is_lead and self.case.closed_at is not None and not row.withheld
        if self.is_joint:
            return self.unit_order is not None and order.pk == self.unit_order.pk
        return True

    @property
    def own_files(self) -> list[Attachment]:
        """What came with the request."""
        return [row for row in self.attachments if row.order_id is None and not row.inner]

    @property
    def answer_files(self) -> list[Attachment]:
        """What came with the units' answers."""
        return [row for row in self.attachments if row.order_id is not None]

    def file_name(self, row: Attachment) -> str:
        """What a download is called: never what its sender called it, except to the sender."""
        if self.viewer is Viewer.SELF and row.order_id is None:
            return str(row.name)
        position = 1 + [a.pk for a in self.attachments].index(row.pk)
        return f"{self.case.number}-{position}.{row.extension}"

    @cached_property
    def remarks(self) -> list[Remark]:
        """What was said beside the moves, as far as this person may read it."""
        return [row for row in folder.remarks(self.case) if self._may_read(row)]

    def words_of(self, row: Remark) -> str:
        """A remark's words; a unit reads what a clerk released."""
        if self._reads_copy and row.order_id is None:
            return self.discreet(row.shown) or _("（诉求人有补充，热线办核对后提供）")
        if self.is_unit and row.order_id is not None:
            return row.text  # of their own making: blacked out, it would tell them who it was
        return self.discreet(row.text, by=row.by_id)

    def _may_read(self, row: Remark) -> bool:
        kind = RemarkKind(row.kind)
        if kind is RemarkKind.CRISIS_NOTE:
            return self.viewer is Viewer.CRISIS_TEAM
        if row.sealed and self.level("crisis") is not Level.FULL:
            return False
        if self.is_later(row.at):
            return False
        if kind is RemarkKind.NOTE:
            return self.level("notes") is Level.FULL
        if kind is RemarkKind.UNIT_NOTE:
            own = self.unit_order is not None and row.order_id is not None
            same_unit = own and row.order.unit_id == self.unit_order.unit_id  # type: ignore[union-attr]
            return same_unit or self.level("notes") is Level.FULL
        if self.is_joint:
            return kind is RemarkKind.SUPPLEMENT
        return self.viewer is not Viewer.NOBODY

    @property
    def is_joint(self) -> bool:
        """A unit that assists, now or in an earlier round."""
        return self.is_unit and self.unit_order is not None and not self.unit_order.is_lead

    @cached_property
    def _copy_is_newer(self) -> bool:
        """Has the copy been written anew since a unit of an earlier round was done?"""
        if self.viewer is not Viewer.UNIT_BEFORE:
            return False
        steps = folder.steps(self.case)
        return any(step.verb in COPYING and self.is_later(step.at) for step in steps)

    def is_later(self, at: datetime) -> bool:
        """Did it come when a unit of an earlier round was done? Then it is not for that unit."""
        if self.viewer is not Viewer.UNIT_BEFORE or self.unit_order is None:
            return False
        return at > (self.unit_order.ended_at or self.unit_order.sent_at)

    # --- What was thought of it -----------------------------------------------------------

    def score_of(self, rating: Rating) -> str:
        """The result of a rating; of a 保密 request a unit learns it only after some days."""
        level = self.level("score")
        wait = timedelta(days=terms.current().unit_rating_days)
        if level is Level.HIDDEN or (level is Level.MASKED and self.at - rating.at < wait):
            return ""
        return str(rating.get_result_display())

    def rating_words(self, rating: Rating) -> str:
        level = self.level("words")
        if level is Level.HIDDEN or (rating.sealed and self.level("crisis") is not Level.FULL):
            return ""
        return self.discreet(rating.words) if level is Level.FULL else redact(rating.words)

    @property
    def reads_notes(self) -> bool:
        """May this person read what the office writes for itself?"""
        return self.level("notes") is Level.FULL

    @property
    def opens_crisis_file(self) -> bool:
        return self.viewer is Viewer.CRISIS_TEAM

    @property
    def is_self(self) -> bool:
        return self.viewer is Viewer.SELF

    @property
    def is_unit(self) -> bool:
        return self.viewer in UNITS


def discreet(text: str, known: Collection[str]) -> str:
    """A text without the words that give its writer away, and with all others."""
    return redact(text, known=known, kinds=KNOWN) if known else text


def sight_of(actor: Actor, case: Case, *, at: datetime) -> Sight:
    """The request as this actor may see it; everything is hidden from a stranger."""
    order = None
    viewer = _office_viewer(actor, case, at)
    if viewer is Viewer.NOBODY and case.seal in seals.WALKING:
        order = order_of(actor, case)
        if order is not None:
            viewer = _unit_viewer(case, order)
    return _with_asked(Sight(case, viewer, at, order, reader=actor.user_id), actor)


def unit_sight(order: WorkOrder, *, at: datetime, by: Actor | None = None) -> Sight:
    """A request as the unit of this order sees it, whatever other standing one of its people has.

    ``by`` is who looks, where it is a person: they may have asked to see more.
    """
    reader = by.user_id if by else None
    sight = Sight(order.case, _unit_viewer(order.case, order), at, order, reader=reader)
    return _with_asked(sight, by) if by else sight


def _with_asked(sight: Sight, actor: Actor) -> Sight:
    """The same with what this person has asked to see in full, where their standing lets them ask."""
    if actor.user_id is None or not sight.unmaskable:
        return sight
    asked = folder.asked(sight.case, actor.user_id, at=sight.at)
    return replace(sight, asked=asked) if asked else sight


def order_of(actor: Actor, case: Case) -> WorkOrder | None:
    """The work order through which this actor's unit has to do with a request: the lead's first."""
    if not actor.may(P.HANDLE):
        return None
    gone = (OrderState.RETURNED, OrderState.CANCELLED)
    rows = (order for order in folder.orders(case) if order.state not in gone)
    return next((order for order in rows if policies.handler(actor, order)), None)


def _office_viewer(actor: Actor, case: Case, at: datetime) -> Viewer:
    if policies.is_requester(actor, case):
        return Viewer.SELF
    if recusal.keeps_from_desk(actor, case):
        return Viewer.NOBODY
    if case.seal != Seal.NONE:
        return _sealed_viewer(actor, case, Seal(case.seal))
    if _on_the_line(actor, case, at):
        return Viewer.CALLER_AGENT
    if standing := _standing(actor, case.category_code):
        return standing
    if case.flagged and actor.may(P.CRISIS):
        return Viewer.OFFICE  # a sign is not yet a crisis: the team judges by the words
    to_petition = case.referred_to == Referral.PETITION and actor.may(P.PETITION)
    return Viewer.RECEIVER if to_petition else Viewer.NOBODY


def _standing(actor: Actor, category: str | None) -> Viewer | None:
    held = (viewer for permission, viewer in STANDING if actor.may(permission, category=category))
    return next(held, None)


def reads_names(actor: Actor, category: str | None) -> bool:
    """Does somebody of the office who reads requests of this class read who asks, be it masked?

    For lists, which have no sight of each request: whoever does not reads their titles ``discreet``.
    """
    standing = _standing(actor, category)
    return standing is not None and TABLE[standing]["name"] is not Level.HIDDEN


def _sealed_viewer(actor: Actor, case: Case, seal: Seal) -> Viewer:
    if actor.may(seals.KEYS[seal]):
        return ROOMS[seal]
    to_petition = case.referred_to == Referral.PETITION and actor.may(P.PETITION)
    if seal in seals.APART and to_petition:
        return Viewer.RECEIVER
    judges = seal in seals.APART and case.flagged and actor.may(P.CRISIS)
    return Viewer.OVER_OFFICE if judges else Viewer.NOBODY


def _on_the_line(actor: Actor, case: Case, at: datetime) -> bool:
    """Registering it now, or having taken on the call-back that is due."""
    if actor.user_id is None:
        return False
    started = case.submitted_at or at
    if case.registered_by_id == actor.user_id and at - started < timedelta(hours=AGENT_HOURS):
        return actor.may(P.REGISTER)
    if not actor.may(P.VISIT):
        return False
    visit = folder.pending_visit(case)
    return visit is not None and visit.is_held(at) and visit.claimed_by_id == actor.user_id


def _unit_viewer(case: Case, order: WorkOrder) -> Viewer:
    if order.round < case.round:
        return Viewer.UNIT_BEFORE
    if not order.is_lead:
        return Viewer.JOINT
    return Viewer.UNIT_SECRET if case.hides_requester else Viewer.UNIT


def _small_cell(person: Requester) -> bool:
    alike = User.objects.filter(kind=person.kind, college=person.college, is_active=True)
    return alike[:CELL].count() < CELL


def rewritten(orders: Iterable[WorkOrder]) -> set[int]:
    """Ids of orders of earlier rounds after whose end the units' copy was written anew: one query, where
    there are any. A list shows their units as little of it as ``Sight.title`` does."""
    past = [order for order in orders if order.round < order.case.round]
    if not past:
        return set()
    moves = Step.objects.filter(case__in={order.case_id for order in past}, verb__in=COPYING)
    latest = dict(moves.order_by().values_list("case").annotate(Max("at")))
    return {
        order.pk
        for order in past
        if order.case_id in latest and latest[order.case_id] > (order.ended_at or order.sent_at)
    }
