"""People are named in a request, step aside from it, or are told to keep away; and nothing is orphaned.

Whenever somebody drops out, ``relieve`` looks whether anybody is left: a unit whose people must all
keep away gives the request back to the office, an office whose people must gives it to the receivers
at 党政办, and they to the leaders. Each of these is a step that says so.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import chain

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base.naming import meant
from hotline.base.refusals import Invalid, NotAllowed
from hotline.base.words import reason
from hotline.cases import recusal, seals
from hotline.cases.codes import WITH_UNIT, Seal, State
from hotline.cases.models import Case, NamedPerson, Recusal, WorkOrder
from hotline.cases.models.aftercare import VisitState
from hotline.cases.queries import UNDER_WAY
from hotline.cases.services import along, copies
from hotline.cases.services.turn import cancel_orders, hold, live_orders, move, next_round
from hotline.people import queries as people
from hotline.people.actor import SYSTEM, Actor
from hotline.people.models import Unit, User
from hotline.people.permissions import P

LEAST = 4  # characters of a reason
NAMES_MOST = 20
Keyholders = Mapping[P, Collection[int]]
BETWEEN = re.compile(r"[,，、;；\s]*[\n,，、;；][,，、;；\s]*")


# --- Who is named -------------------------------------------------------------------------


def names_in(text: str) -> list[str]:
    """Names or account numbers, one a line or with commas between. Raises Invalid for too many."""
    found = split(text)
    if len(found) > NAMES_MOST:
        words = _("最多填写 %(most)d 人。") % {"most": NAMES_MOST}
        raise Invalid(words, named=words)
    return found


def split(text: str) -> list[str]:
    return list(dict.fromkeys(name.strip()[:60] for name in BETWEEN.split(text) if name.strip()))


def write_names(case: Case, names: Iterable[str], *, by: User | None, at: datetime) -> int:
    """Write down whom a request names, each once; how many are new. Never its own requester."""
    known = set(case.named_people.filter(removed_at=None).values_list("name", flat=True))
    new = [name for name in names if name not in known]
    staff = [row for row in people.staff_called() if row[0] != case.owner_id] if new else []
    rows = [
        NamedPerson(case=case, user_id=pk, name=name, by=by, at=at)
        for name in new
        for pk in _accounts(name, staff)
    ]
    NamedPerson.objects.bulk_create(rows)
    return len(rows)


def _accounts(name: str, staff: Iterable[tuple[int, str, str]]) -> list[int | None]:
    """The accounts that a name is found to be, all of them where several are meant; or none yet."""
    return [*sorted(meant(name, staff))] or [None]


@transaction.atomic
def bind(users: Collection[int]) -> None:
    """Write down, before their name or number changes, whom of the staff (ids) requests name by it: what
    was found by the name alone would be open to them under another."""
    staff = User.objects.filter(pk__in=users, memberships__isnull=False).distinct()
    rows = [
        NamedPerson(case_id=row.case_id, user=user, name=row.name, by_id=row.by_id, at=row.at)
        for user in staff
        for row in recusal.naming_unfound(user).exclude(case__owner=user)
    ]
    NamedPerson.objects.bulk_create(rows)


def name_people(
    case: Case,
    *,
    names: str,
    removed: Collection[int] = (),
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Add people whom a request names, and take off (ids of rows) who was not meant.

    Raises Invalid where nothing changes.
    """
    with transaction.atomic():
        if case.merged_into_id is not None:
            hold(case.merged_into_id)  # before itself, as whoever seals the other does
        with move(case, "name_people", by=by, at=at, version=version) as turn:
            gone = case.named_people.filter(pk__in=removed, removed_at=None).update(
                removed_at=turn.at
            )
            new = write_names(case, names_in(names), by=by.user, at=turn.at)
            if not (gone or new):
                words = _("请填写要增加的人员，或勾选要移除的人员。")
                raise Invalid(words, names=words)
            turn.facts |= {"added": new, "removed": gone}
        relieve(case, at=at)
        if case.state == State.MERGED and case.merged_into is not None:
            carry_names(case, case.merged_into, at=at)


def carry_names(child: Case, lead: Case, *, at: datetime) -> None:
    """Whoever is named in what was merged has nothing to do with what answers it either.

    They stay named when it is taken out again, until a clerk takes them off.
    """
    rows = not_yet_named(child, lead)
    if not rows:
        return
    with transaction.atomic():
        with move(lead, "name_people", by=SYSTEM, at=at, added=len(rows), along=child.pk) as turn:
            for row in rows:
                row.pk, row.case, row.at = None, lead, turn.at
            NamedPerson.objects.bulk_create(rows)
        relieve(lead, at=at)


def not_yet_named(child: Case, lead: Case) -> list[NamedPerson]:
    """Whom a request names and the other does not, save whose own the other is."""
    known = {(row.name, row.user_id) for row in lead.named_people.filter(removed_at=None)}
    return [
        row
        for row in child.named_people.filter(removed_at=None).order_by("id")
        if (row.name, row.user_id) not in known
        and (row.user_id is None or row.user_id != lead.owner_id)
    ]


# --- Who steps aside ----------------------------------------------------------------------


def step_aside(
    case: Case, *, words: str, by: Actor, at: datetime, order: WorkOrder | None = None
) -> None:
    """Somebody has an interest in a request and leaves it to others, for good.

    Through ``order`` somebody of a unit does. What they held of it is the others': call-backs that they
    have taken on, orders that were given to them.
    """
    user = by.user
    if user is None:
        raise NotAllowed(_("您没有执行此操作的权限。"))
    with transaction.atomic():
        verb = "step_aside" if order is None else "unit_step_aside"
        with move(case, verb, by=by, at=at, order=order) as turn:
            row = Recusal(
                user=user, case=case, reason=reason(words, least=LEAST), by=user, at=turn.at
            )
            row.save()
            case.visits.filter(state=VisitState.PENDING, claimed_by=user).update(
                claimed_by=None, claimed_at=None
            )
            if order is not None and order.assignee_id == user.pk:
                order.assignee = None
            case.orders.filter(assignee=user).update(assignee=None)
        relieve(case, at=at)


def keep_away(
    user: User,
    *,
    unit: Unit | None = None,
    person: User | None = None,
    words: str,
    by: Actor,
    at: datetime,
) -> Recusal:
    """Have somebody keep away from all of a unit or college, or of a person, until that is ended.

    Raises NotAllowed, and Invalid for one that there is already, that says nothing, or that would
    leave a request in a closed room to nobody.
    """
    allow_for(user.pk, by=by, at=at)
    if (unit is None) == (person is None):
        words = _("请选择一个单位（学院），或者一个人。")
        raise Invalid(words, unit=words)
    if person == user:
        words = _("本人的诉求本来就不能自己办理。")
        raise Invalid(words, person=words)
    row = Recusal(
        user=user, unit=unit, person=person, reason=reason(words, least=LEAST), by=by.user, at=at
    )
    with transaction.atomic():
        before = _left_to_nobody(row, at)
        _write(row)
        _relieve_all(row, at=at)
        if _left_to_nobody(row, at) - before:
            words = _("此人回避后，密封件中有诉求将没有人可以办理，不能登记。")
            raise Invalid(words, user=words)
    return row


def _write(row: Recusal) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        words = _("已有同样的回避。")
        raise Invalid(words, user=words) from None


def end(row: Recusal, *, by: Actor, at: datetime) -> None:
    """End a standing one. Raises NotAllowed: whoever it is about does not end it."""
    allow_for(row.user_id, by=by, at=at)
    if row.user_id == by.user_id or row.case_id is not None:
        raise NotAllowed(_("不能解除自己的回避。"))
    Recusal.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at, ended_by=by.user)


def allow_for(user: int, *, by: Actor, at: datetime) -> None:
    """Raises NotAllowed unless they may set and end the standing recusals of that person."""
    if not may_keep(by):
        raise NotAllowed(_("您没有执行此操作的权限。"))
    if not may_keep_for(user, by=by, keyholders=keyholders(at)):
        words = _("接收密封件的人员，由安全管理员或密封件的另一位接收人登记和解除回避。")
        raise NotAllowed(words)


def may_keep(by: Actor) -> bool:
    """May they read and keep the list of standing recusals?"""
    return by.is_system or by.may_any(P.SECURITY, P.DECIDE, P.OFFICE)


def may_keep_for(user: int, *, by: Actor, keyholders: Keyholders) -> bool:
    """May they set and end those of that person? Of a closed room only its own people choose who is
    not to read what: a refusal, that one would be left to nobody, tells others what there is."""
    needed = [key for key, held in keyholders.items() if user in held]
    if not needed or by.is_system or by.may(P.SECURITY):
        return True
    theirs = all(by.may(key) for key in needed)
    return theirs and by.user_id != user and not recusal.bars_of(by).of_office


def keyholders(at: datetime) -> Keyholders:
    """Ids of those who read what is sealed, or will, by what another of their room holds: in both rooms
    of complaints about the office that is a receiver."""
    on = localdate(at)
    rooms: dict[P, tuple[P, ...]] = {
        key: (key,) for seal, key in seals.KEYS.items() if seal not in seals.APART
    }
    rooms[P.OFFICE] = seals.APART_KEYS
    return {key: people.holders_or_to_be(*held, on=on) for key, held in rooms.items()}


# --- Nothing is orphaned ------------------------------------------------------------------


def _touched(row: Recusal) -> QuerySet[Case]:
    """What is under way and touched by a standing recusal."""
    about = Q(owner=row.person) | Q(named_people__user=row.person) if row.person_id else (
        Q(target_unit=row.unit) | Q(lead_unit=row.unit) | Q(requester__college=row.unit)
    )  # fmt: skip
    return Case.objects.filter(UNDER_WAY, about).distinct().order_by("id")


def _relieve_all(row: Recusal, *, at: datetime) -> None:
    for case in _touched(row):
        relieve(case, at=at)


def _left_to_nobody(row: Recusal, at: datetime) -> set[int]:
    """Of what it touches in closed rooms, what nobody may act on. It stays locked until the end: of
    two recusals at once neither counts on the other's person."""
    touched = Case.objects.filter(pk__in=_touched(row).order_by().values("pk"), seal__in=seals.KEYS)
    return {
        case.pk
        for case in touched.select_for_update().order_by("id")
        if none_left(case, (seals.KEYS[Seal(case.seal)],), at)
    }


def relieve(case: Case, *, at: datetime) -> None:
    """Pass a request on where nobody who has it may act on it any more; mark what heads must leave."""
    if case.state in {State.DRAFT, State.MERGED, State.REFERRED, State.CRISIS, State.ARCHIVED}:
        return
    with transaction.atomic():
        if case.state in WITH_UNIT:
            _relieve_units(case, at)
        if case.state == State.AWAIT_INSTRUCTION and case.seal in seals.APART:
            _from_leaders(case, at)
        if case.seal == Seal.NONE and none_left(case, seals.OFFICE_WORK, at):
            _raise(case, Seal.OFFICE, at)
        if case.seal == Seal.OFFICE and none_left(case, (P.OFFICE,), at):
            _raise(case, Seal.LEADERS, at)


def _relieve_units(case: Case, at: datetime) -> None:
    for order in live_orders(case):
        try:
            aside = head_aside(case, order.unit, "lead", at)
        except Invalid:
            if order.is_lead:
                words = _("承办单位可以办理的人员都须回避")
                with move(case, "take_back", by=SYSTEM, at=at, text=words):
                    cancel_orders(case, at=at)
                return
            continue
        if aside != order.head_aside:
            WorkOrder.objects.filter(pk=order.pk).update(head_aside=aside)


def head_aside(case: Case, unit: Unit, field: str, at: datetime) -> bool:
    """Must the unit's head keep away from it? Raises Invalid, on a ``field``, where all its people must."""
    away = recusal.away_from(case)
    if not away:
        return False
    on = localdate(at)
    staff = {user.pk for user in people.staff_of(unit, permission=P.HANDLE, on=on)}
    if staff and staff <= away:
        words = _("%(unit)s可以办理的人员都须回避，请选择其他单位。") % {"unit": unit}
        raise Invalid(words, **{field: words})
    heads = {user.pk for user in people.holders(P.APPROVE, unit=unit, on=on)}
    return bool(heads) and heads <= away


def none_left(case: Case, permissions: Iterable[P], at: datetime) -> bool:
    """Is there a permission that somebody holds, and nobody who may use it here?"""
    on, category = localdate(at), case.category_code
    held = [people.standing(each, category=category, on=on) for each in permissions]
    away = recusal.kept_away(case, chain(*held), on=on) | {case.owner_id}
    return any(users and all(user.pk in away for user in users) for users in held)


def _raise(case: Case, seal: Seal, at: datetime) -> None:
    """To those above: the request is closed to whoever had it, and the requester reads where it is."""
    words = {
        Seal.OFFICE: _("热线办可以办理的人员都须回避，转党政办专人办理"),
        Seal.LEADERS: _("党政办可以办理的人员都须回避，转校领导专办"),
    }[seal]
    verb = "take_back" if case.state == State.AWAIT_INSTRUCTION else "raise"
    with move(case, verb, by=SYSTEM, at=at, text=words) as turn:
        if verb == "take_back":
            _begin_anew(case, turn.at)
        turn.facts["seal"] = case.seal
        case.seal = seal
        copies.raise_secrecy(case)
        along.take_in(case, at=turn.at)


def _from_leaders(case: Case, at: datetime) -> None:
    """No leader instructs in a closed room: what waited for one is its receivers' to send."""
    words = _("已转党政办专人办理，不再等待领导批示")
    with move(case, "take_back", by=SYSTEM, at=at, text=words) as turn:
        _begin_anew(case, turn.at)


def _begin_anew(case: Case, at: datetime) -> None:
    """What waited for the leaders after an answer is open again."""
    if case.closed_at is not None:
        next_round(case, at)
