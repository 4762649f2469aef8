"""Many accounts from a list: first checked line by line, then made all at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.base.words import clean
from hotline.people.actor import Actor
from hotline.people.models import Kind, Revision, Unit, User
from hotline.people.permissions import P
from hotline.people.services import accounts, rows

PASSWORDS_MOST = 100  # each costs a tenth of a second to hash
BATCH = 500
LENGTHS = {"account": 40, "name": 60, "phone": 20, "grade": 20}


@dataclass(frozen=True)
class AccountRow:
    """One line of a list, as it was written."""

    line: int
    account: str
    name: str = ""
    phone: str = ""
    kind: str = ""
    unit: str = ""
    grade: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be taken: which column, what is wrong, and what stands there."""

    line: int
    column: str
    words: str
    value: str


@dataclass
class Checked:
    """What a list would do: new accounts, changes of those there are, lines with problems."""

    new: list[User] = field(default_factory=list)
    changed: list[tuple[User, dict[str, Any]]] = field(default_factory=list)  # with what it was
    same: int = 0
    problems: list[Problem] = field(default_factory=list)


class _Book:
    """What is known while a list is read, looked up once."""

    def __init__(self, lines: Sequence[AccountRow]) -> None:
        self.known = {u.account: u for u in User.objects.filter(account__in=_all(lines, "account"))}
        phones = User.objects.filter(phone__in=_all(lines, "phone"))
        self.phones = dict(phones.values_list("phone", "account"))
        # Both open the door: an account that is another's phone would open it to two people.
        accounts, called = _all(lines, "account"), _all(lines, "phone")
        theirs = User.objects.filter(Q(phone__in=accounts) | Q(account__in=called))
        others = [pair for pair in theirs.values_list("account", "phone") if pair[0] != pair[1]]
        self.called = {*called, *(phone for _account, phone in others)}
        self.named = {*accounts, *(account for account, _phone in others)}
        self.units: dict[str, set[int]] = {}
        self.rows: dict[int, Unit] = {}
        for unit in Unit.objects.filter(enabled=True):
            self.rows[unit.pk] = unit
            for name in {unit.code, unit.name, unit.short}:
                self.units.setdefault(name, set()).add(unit.pk)
        self.kinds = {str(word): kind for kind in Kind for word in (kind.value, kind.label)}
        self.times = Counter(line.account.strip() for line in lines)
        self.calls = Counter(line.phone.strip() for line in lines)


def check_accounts(lines: Sequence[AccountRow]) -> Checked:
    """Read a list without writing anything. A line with a problem does nothing at all."""
    book, checked = _Book(lines), Checked()
    for line in lines:
        problems: list[Problem] = []
        facts = _facts(line, book, problems)
        if problems:
            checked.problems += problems
        else:
            _place(facts, book, checked)
    return checked


def import_accounts(
    lines: Sequence[AccountRow],
    *,
    by: Actor,
    at: datetime,
    skip_bad: bool = False,
    passwords: bool = False,
) -> list[tuple[User, str]]:
    """Make and change the accounts of a list; return the new ones with their passwords ("" for none).

    Known accounts keep what a line leaves empty. Raises NotAllowed, and Invalid when a line has
    a problem unless ``skip_bad``, or when there are too many passwords to make.
    """
    rows.allow(by, P.PEOPLE)
    try:
        with transaction.atomic():
            checked = check_accounts(lines)
            if checked.problems and not skip_bad:
                raise Invalid(_("名单里还有需要更正的行，没有导入任何账号。"))
            made = _passwords(checked.new, wanted=passwords)
            User.objects.bulk_create(checked.new, batch_size=BATCH)
            people = [user for user, _before in checked.changed]
            User.objects.bulk_update(people, ["name", "phone", "kind", "college", "grade"], BATCH)
            Revision.objects.bulk_create(_revisions(checked, by, at), batch_size=BATCH)
    except IntegrityError:
        raise Invalid(_("编码或号码与已有的重复。")) from None
    return made


def _all(lines: Iterable[AccountRow], name: str) -> set[str]:
    return {getattr(line, name).strip() for line in lines} - {""}


def _facts(line: AccountRow, book: _Book, problems: list[Problem]) -> dict[str, Any]:
    """The values of a line; what is wrong with it is added to ``problems``."""
    facts: dict[str, Any] = {}
    for name, most in LENGTHS.items():
        try:
            facts[name] = clean(getattr(line, name), most=most)
        except Invalid as refusal:
            problems.append(Problem(line.line, name, str(refusal), getattr(line, name)[:40]))
    facts["kind"] = book.kinds.get(line.kind.strip(), "")
    units = book.units.get(line.unit.strip(), set())
    facts["college"] = book.rows[next(iter(units))] if len(units) == 1 else None
    if not problems:
        problems += [
            Problem(line.line, column, words, getattr(line, column)[:40])
            for column, words in _wrong(line, facts, len(units), book)
        ]
    return facts


def _wrong(
    line: AccountRow, facts: Mapping[str, Any], units: int, book: _Book
) -> list[tuple[str, str]]:
    account, phone, known = facts["account"], facts["phone"], facts["account"] in book.known
    owner = book.phones.get(phone, account)
    found = [
        ("account", not account, _("没有填写学号/工号。")),
        ("account", any(c.isspace() for c in account), _("学号/工号中不能有空格。")),
        ("account", bool(account) and book.times[account] > 1, _("学号/工号在名单中重复。")),
        ("name", not facts["name"] and not known, _("新账号须填写姓名。")),
        ("phone", bool(phone) and not accounts.PHONE.fullmatch(phone), _("手机号只能由数字组成。")),
        ("phone", bool(phone) and book.calls[phone] > 1, _("手机号在名单中重复。")),
        ("account", account in book.called - {phone}, _("这个学号/工号是另一个账号的手机号。")),
        (
            "phone",
            bool(phone) and phone in book.named - {account},
            _("这个号码是另一个账号的学号/工号。"),
        ),
        ("phone", owner != account, _("手机号已属于另一个账号。")),
        ("kind", bool(line.kind.strip()) and not facts["kind"], _("没有这种身份。")),
        ("kind", not line.kind.strip() and not known, _("新账号须填写身份。")),
        ("unit", bool(line.unit.strip()) and units == 0, _("没有这个单位，请写全称或简称。")),
        ("unit", units > 1, _("有多个单位叫这个名字，请写编码。")),
    ]
    return [(column, str(words)) for column, wrong, words in found if wrong]


def _place(facts: dict[str, Any], book: _Book, checked: Checked) -> None:
    """A new account, a changed one, or one that is already so."""
    facts["phone"] = facts["phone"] or None
    user = book.known.get(facts["account"])
    if user is None:
        user = User(**facts)
        user.set_unusable_password()
        checked.new.append(user)
        return
    before = rows.snapshot(user)
    for name, value in facts.items():
        if value:
            setattr(user, name, value)
    if rows.snapshot(user) == before:
        checked.same += 1
    else:
        checked.changed.append((user, before))


def _passwords(people: list[User], *, wanted: bool) -> list[tuple[User, str]]:
    if not wanted:
        return [(user, "") for user in people]
    if len(people) > PASSWORDS_MOST:
        words = _("一次最多为 %(most)d 个新账号生成初始密码，请分批导入。")
        words %= {"most": PASSWORDS_MOST}
        raise Invalid(words, passwords=words)
    made = [(user, accounts.new_password()) for user in people]
    for user, password in made:
        user.set_password(password)
        user.must_change_password = True
    return made


def _revisions(checked: Checked, by: Actor, at: datetime) -> list[Revision]:
    new = [rows.revision(user, None, rows.snapshot(user), by=by, at=at) for user in checked.new]
    return new + [
        rows.revision(user, before, rows.snapshot(user), by=by, at=at)
        for user, before in checked.changed
    ]
