"""Somebody who tries everything, lawful or not, on whatever is there; what each try came to."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from threading import Event

from django.utils.timezone import localdate

from hotline.doors.desk.actions import CASE_ACTIONS, ORDER_ACTIONS
from hotline.doors.portal.forms import ACTIONS
from hotline.doors.ui.actions import Action
from tools.proofs.browser import Answer, Browser, Form, Values, form_with

OWN: dict[str, type[Action]] = {action.slug: action for action in ACTIONS}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
WORDS = ("已到现场核实，正在处理。", "请补充具体位置。", "已更换配件，试用正常。")
BLIND = (
    0.3  # how often a form is sent without having been opened: whatever the page would not offer
)

ENDS = {"alarm", "withdraw", "refer", "decline", "seal", "hide", "merge"}


@dataclass
class Tried:
    """What came of all the tries of one person."""

    statuses: Counter[int] = field(default_factory=Counter)
    worked: Counter[tuple[str, str]] = field(default_factory=Counter)  # by request and action
    faults: list[str] = field(default_factory=list)  # answers that nobody should get


@dataclass(frozen=True)
class Ground:
    """What there is to act on: numbers of requests, and the orders of each by the unit that has it."""

    numbers: list[str]
    orders: dict[str, list[tuple[int, str]]]  # by unit: the id of an order, and its request


class Somebody:
    """A signed-in person and their habits. ``unit`` is "" for the office, "own" for a requester."""

    def __init__(self, browser: Browser, unit: str, own: list[str], seed: int) -> None:
        self._browser, self._unit, self._own = browser, unit, own
        self._rng = random.Random(seed)  # noqa: S311 - a repeatable one is wanted
        self._token = ""
        self.tried = Tried()

    def run(self, ground: Ground, stop: Event, most: int) -> None:
        """Try until it is time to stop, or ``most`` times."""
        for _ in range(most):
            if stop.is_set():
                return
            path, number, action = self._aim(ground)
            if action is None:
                continue
            answer = self._try(path, action, ground)
            if answer is not None:
                self._note(answer, number, action)

    def _aim(self, ground: Ground) -> tuple[str, str, type[Action] | None]:
        number = self._rng.choice(self._own or ground.numbers)
        if self._unit == "own":
            slug = self._one_of(OWN)
            return f"/requests/{number}/{slug}/", number, OWN[slug]
        if self._unit:
            orders = ground.orders.get(self._unit)
            if not orders:
                return "", "", None
            pk, number = self._rng.choice(orders)
            slug = self._one_of(ORDER_ACTIONS)
            return f"/unit/orders/{pk}/{slug}/", number, ORDER_ACTIONS[slug]
        if self._rng.random() < 0.2 and (every := list(chain(*ground.orders.values()))):
            pk, number = self._rng.choice(every)
            slug = self._one_of(ORDER_ACTIONS)
            return f"/desk/cases/{number}/orders/{pk}/{slug}/", number, ORDER_ACTIONS[slug]
        slug = self._one_of(CASE_ACTIONS)
        return f"/desk/cases/{number}/{slug}/", number, CASE_ACTIONS[slug]

    def _one_of(self, actions: dict[str, type[Action]]) -> str:
        """One of them: the main road more often than its side roads, or no request would get far."""
        slugs = sorted(actions)
        weights = [0.2 if actions[s].verb in ENDS else 6 if actions[s].main else 1 for s in slugs]
        return self._rng.choices(slugs, weights)[0]

    def _try(self, path: str, action: type[Action], ground: Ground) -> Answer | None:
        page = self._browser.get(path)
        self._seen(page, path)
        if token := TOKEN.search(page.text):
            self._token = token[1]
        form = form_with(page.text, "version") if page.status == 200 else None
        if form is not None:
            return self._browser.send(path, form, self._filled(form, ground))
        if self._rng.random() < BLIND and self._token:
            told = {"csrfmiddlewaretoken": self._token, "words": WORDS[0], "text": WORDS[1]}
            return self._browser.send(path, Form(), told)
        return None

    def _filled(self, form: Form, ground: Ground) -> Values:
        """Something for every field that has nothing yet, now and then for one that has."""
        told: dict[str, str | list[str]] = {}
        for name in form.words:
            if not form.fields.get(name, [""])[0]:
                told[name] = self._rng.choice(WORDS)
        for name, choices in form.choices.items():
            real = [choice for choice in choices if choice]
            if real and (not form.fields.get(name) or self._rng.random() < 0.2):
                told[name] = real if name == "checked" else self._rng.choice(real)
        for name in form.days:
            told[name] = f"{localdate() + timedelta(days=self._rng.randint(1, 4)):%Y-%m-%d}"
        if "into" in form.fields:
            told["into"] = self._rng.choice(ground.numbers)
        return told

    def _note(self, answer: Answer, number: str, action: type[Action]) -> None:
        self._seen(answer, f"POST {action.slug}")
        if (
            answer.status == 302
            and "/sign-in/" not in answer.place
            and "/confirm/" not in answer.place
        ):
            self.tried.worked[number, action.verb] += 1

    def _seen(self, answer: Answer, what: str) -> None:
        self.tried.statuses[answer.status] += 1
        if answer.status == 0 or answer.status >= 500:
            self.tried.faults.append(
                f"{what} was answered {answer.status} {answer.text[:80] if not answer.status else ''}"
            )
