"""Requests that live through the main road, each step sent as a browser sends it, while all else breaks."""

import itertools
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tools.proofs.browser import Answer, Browser, Form, Outcome, Values
from tools.proofs.cast import PASSWORD, Cast
from tools.proofs.ledger import Ledger

T = TypeVar("T")
NUMBER = re.compile(r"RX\d{4}-\d{4,7}-\d")
AGAIN_SECONDS = 0.5
TRIES = 400  # of one step of a life: longer than any outage of a proof
UNIT = "houqin"
CHECKED = ["contacted", "answered", "grounds", "private", "plain"]
RATING = {"contacted": "yes", "solved": "YES", "result": "SATISFIED", "attitude": "SATISFIED"}
Order = Callable[[str], int | None]  # the id of the lead order of a request, looked up


@dataclass
class Tally:
    """What all callers met."""

    statuses: dict[int, int] = field(default_factory=dict)
    lives: int = 0
    repeated: int = 0  # forms sent again after a lost answer, and recognised
    stuck: list[str] = field(default_factory=list)


class Life:
    """One caller: a student, a clerk, a unit's contact and a manager, one life after the other."""

    def __init__(
        self, n: int, url: str, cast: Cast, ledger: Ledger, order: Order, stop: threading.Event
    ):
        self._n, self._ledger, self._order, self._stop = n, ledger, order, stop
        self._rng = random.Random(n)  # noqa: S311 - a repeatable one is wanted
        who = {
            "student": cast.students[n % len(cast.students)],
            "clerk": cast.clerks[n % len(cast.clerks)],
            "contact": cast.contacts[UNIT][n % len(cast.contacts[UNIT])],
            "manager": cast.managers[n % len(cast.managers)],
        }
        self._browsers = {role: Browser(url) for role in who}
        self._who = who
        self.tally = Tally()

    def sign_in(self) -> None:
        """Raises RuntimeError where somebody cannot."""
        for role, browser in self._browsers.items():
            if not any(browser.sign_in(self._who[role], PASSWORD) for _ in range(3)):
                raise RuntimeError(f"{self._who[role]} cannot sign in: {browser.statuses}")

    def run(self) -> None:
        """Live until it is time to stop."""
        for n in itertools.count():
            if self._stop.is_set():
                break
            number = self._submit(n)
            if number and self._lead(number):
                self.tally.lives += 1
        for browser in self._browsers.values():
            for status in browser.statuses:
                self.tally.statuses[status] = self.tally.statuses.get(status, 0) + 1
            browser.close()

    def _lead(self, number: str) -> bool:
        """The main road, to its end or to the time to stop."""
        desk = f"/desk/cases/{number}/"
        if not (
            self._do("clerk", "accept", number, f"{desk}acceptances/", {})
            and self._do(
                "clerk", "dispatch", number, f"{desk}dispatches/", {"lead": UNIT, "joint": []}
            )
        ):
            return False
        order = self._until(lambda: self._order(number))
        if order is None:
            return False
        unit = f"/unit/orders/{order}/"
        contact = {"means": "PHONE", "reached": "YES", "words": "已约定上门时间"}
        reply = {"text": "已更换龙头，现场试水正常。", "outcome": "RESOLVED"}
        return (
            self._do("contact", "sign", number, f"{unit}signatures/", {})
            and self._do("contact", "contact", number, f"{unit}contacts/", contact)
            and self._do("contact", "reply", number, f"{unit}replies/", reply)
            and self._do("manager", "close", number, f"{desk}closings/", {"checked": CHECKED})
            and self._do("student", "rate", number, f"/requests/{number}/ratings/", RATING)
        )

    def _submit(self, n: int) -> str:
        """Its number; empty where it is time to stop. After a lost answer the same form goes again."""
        browser = self._browsers["student"]
        form = self._until(lambda: browser.open("/requests/new/", "key"))
        if form is None:
            return ""
        key = form.fields["key"][0]
        words = {
            "type": "QZ", "mode": "NAMED", "category": "H204",
            "body": f"三号楼二层的水龙头一直漏水，第 {self._n}-{n} 次报修，请尽快派人来修。",
        }  # fmt: skip
        if self._rng.random() < 0.1:  # an impatient finger
            self._sent(browser, key, form, words)
        return self._until(lambda: self._sent(browser, key, form, words)) or ""

    def _sent(self, browser: Browser, key: str, form: Form, words: Values) -> str | None:
        entry = self._ledger.begin("submit", key)
        answer = browser.send("/requests/new/", form, words)
        number = _number(answer)
        if answer.status == 409 and number:  # it was there already: that, too, is a promise
            self.tally.repeated += 1
            answer.outcome = Outcome.DONE
        self._ledger.end(entry, answer.outcome, number)
        if answer.outcome is Outcome.REFUSED:
            self.tally.stuck.append(f"submit was answered {answer.status}")
        return number or None

    def _do(self, role: str, verb: str, number: str, path: str, values: Values) -> bool:
        """One step; again after a lost answer. A no after one means that it had been done."""
        browser, lost = self._browsers[role], False
        for _ in range(TRIES):
            if self._stop.is_set():
                return False
            form = browser.open(path, "version")
            if form is None:
                if lost and browser.statuses and browser.statuses[-1] in {403, 404, 409}:
                    return True
                time.sleep(AGAIN_SECONDS)
                continue
            entry = self._ledger.begin(verb, number)
            answer = browser.send(path, form, values)
            self._ledger.end(entry, answer.outcome)
            if answer.outcome is Outcome.DONE or (answer.outcome is Outcome.REFUSED and lost):
                return True
            if answer.outcome is Outcome.REFUSED:
                self.tally.stuck.append(f"{verb} of {number} was answered {answer.status}")
                return False
            lost = True
            time.sleep(AGAIN_SECONDS)
        self.tally.stuck.append(f"{verb} of {number} did not come to an end")
        return False

    def _until(self, ask: Callable[[], T | None]) -> T | None:
        for _ in range(TRIES):
            if self._stop.is_set():
                return None
            if (found := ask()) is not None:
                return found
            time.sleep(AGAIN_SECONDS)
        self.tally.stuck.append("something was never to be had")
        return None


def _number(answer: Answer) -> str:
    """The number that a receipt shows, or the page that says that the form has come before."""
    found = NUMBER.search(answer.text) if answer.status in {200, 409} else None
    return found[0] if found else ""
