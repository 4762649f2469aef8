"""What people do all day, as streams of HTTP requests."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count

from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.people.models import Unit, User
from tools.bench import words
from tools.bench.load import Call, Connection
from tools.bench.people import Cast, Directory, session_of

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
FULL = 51  # rows that fill a page and promise another
BOUNDARY = "hotline-bench"


@dataclass(frozen=True)
class Browser:
    """A signed-in person's browser: its cookies, and the token that its forms carry."""

    cookies: str
    token: str

    @classmethod
    def of(cls, user: User, port: int) -> "Browser":
        """Open a page as that person, to be given what a form needs."""
        cookie = f"sessionid={session_of(user)}"
        connection = Connection(port)
        _status, page, headers = connection.send(Call("/account/", {"Cookie": cookie}))
        connection.close()
        token = TOKEN.search(page)
        if token is None:
            raise RuntimeError("signing in did not work")
        kept = headers["Set-Cookie"].split(";")[0]
        return cls(f"{cookie}; {kept}", token[1].decode())

    def get(self, path: str) -> Call:
        return Call(path, {"Cookie": self.cookies})

    def post(self, path: str, kind: str, body: str, status: int) -> Call:
        headers = {"Cookie": self.cookies, "Content-Type": kind}
        return Call(path, headers, body.encode(), status)


@dataclass(frozen=True)
class Operation:
    """One thing people do: as whom, and an endless stream of doing it."""

    name: str
    aim: float | None  # CPU milliseconds
    people: list[User]
    stream: Callable[[Browser, Random], Iterator[Call]]
    most_callers: int = 32

    def lines(self, port: int, callers: int, seed: int) -> list[Iterator[Call]]:
        """One stream for each caller, spread over the people."""
        chosen = [self.people[n % len(self.people)] for n in range(callers)]
        browsers = [Browser.of(user, port) for user in chosen]
        return [
            self.stream(browser, Random(seed * 1000 + n))  # noqa: S311
            for n, browser in enumerate(browsers)
        ]


@dataclass(frozen=True)
class Ready:
    """A request that waits to be dispatched, and what the clerk's form would say."""

    number: str
    version: int
    title: str
    body: str
    lead: str
    joint: list[str]


def reading(cast: Cast) -> list[Operation]:
    """Everything that changes nothing."""
    numbers = list(
        Case.objects.filter(state=State.ARCHIVED).values_list("number", flat=True)[:200_000:37]
    ) or list(Case.objects.values_list("number", flat=True))
    units = _units_with_a_full_page()
    contacts = list(cast.contacts.values())
    lists = [f"/desk/cases/?unit={unit}&state=ARCHIVED" for unit in units]
    return [
        Operation("list", 12, cast.clerks, _any_of(lists)),
        Operation("board", 12, cast.clerks, _any_of(["/desk/queues/with_units/"])),
        Operation("detail", 12, cast.clerks, _any_of([f"/desk/cases/{n}/" for n in numbers])),
        Operation("unit inbox", 12, contacts, _any_of(["/unit/"])),
        Operation("submit form", None, cast.students[:32], _any_of(["/requests/new/"])),
        Operation("figures", None, cast.chiefs, _any_of(["/figures/"]), most_callers=8),
    ]


def dispatching(cast: Cast, waiting: deque[Ready]) -> Operation:
    """Send one waiting request after the other to its units; ends when none is left."""

    def stream(browser: Browser, rng: Random) -> Iterator[Call]:
        while waiting:
            try:
                ready = waiting.popleft()
            except IndexError:  # another caller took the last one
                return
            form = {
                "csrfmiddlewaretoken": browser.token, "version": ready.version, "lead": ready.lead,
                "joint": ready.joint, "opinion": rng.choice(words.OPINIONS), "joint_opinion": "",
                "shown_title": ready.title, "shown_body": ready.body,
            }  # fmt: skip
            path = f"/desk/cases/{ready.number}/dispatches/"
            kind = "application/x-www-form-urlencoded"
            yield browser.post(path, kind, urlencode(form, doseq=True), 302)

    return Operation("dispatch", 8, cast.clerks, stream)


def submitting(cast: Cast) -> Operation:
    """Students submit new requests, as the portal's form posts them."""

    def stream(browser: Browser, rng: Random) -> Iterator[Call]:
        while True:
            duty = rng.choice(cast.directory)
            form = {
                "csrfmiddlewaretoken": browser.token, "type": "QZ", "category": duty.code,
                "key": str(UUID(int=rng.getrandbits(128), version=4)), "mode": "NAMED",
                "body": words.body(rng, duty.things), "title": "", "place": "", "place_detail": "",
                "target_unit": "",
            }  # fmt: skip
            kind = f"multipart/form-data; boundary={BOUNDARY}"
            yield browser.post("/requests/new/", kind, _multipart(form), 200)

    return Operation("submit", 8, cast.students[:32], stream)


def ready_ones(numbers: list[str], directory: list[Directory]) -> deque[Ready]:
    """The forms that would dispatch these requests by the dispatch directory."""
    codes = dict(Unit.objects.values_list("id", "code"))
    duties = {duty.id: duty for duty in directory}
    rows = Case.objects.filter(number__in=numbers)
    return deque(
        Ready(
            row.number or "", row.version, row.title, row.body, codes[duties[row.category_id].lead],
            [codes[unit] for unit in duties[row.category_id].joint],
        )
        for row in rows if row.category_id
    )  # fmt: skip


def _any_of(paths: list[str]) -> Callable[[Browser, Random], Iterator[Call]]:
    def stream(browser: Browser, rng: Random) -> Iterator[Call]:
        while True:
            yield browser.get(rng.choice(paths))

    return stream


def _units_with_a_full_page() -> list[str]:
    rows = Case.objects.filter(state=State.ARCHIVED, lead_unit__isnull=False).order_by()
    counted = rows.values_list("lead_unit__code").annotate(n=Count("pk")).order_by("-n")
    full = [code for code, count in counted if count >= FULL]
    return full or [code for code, _count in islice(counted, 3)]


def _multipart(form: dict[str, str]) -> str:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.items()
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"])
