"""Somebody's browser, as far as the house can tell: cookies, pages, forms with what they carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html.parser import HTMLParser

import httpx

Values = Mapping[str, str | Sequence[str]]
NOT_SENT = {"submit", "button", "file", "image", "reset"}


class Outcome(StrEnum):
    """What whoever sent a form knows afterwards."""

    DONE = "done"  # the answer says that it has worked
    REFUSED = "refused"  # the answer says no
    LOST = "lost"  # no answer, or one that says that it does not know


@dataclass
class Answer:
    outcome: Outcome
    status: int  # 0: none came
    text: str = ""
    place: str = ""  # where it leads


@dataclass
class Form:
    """What a form would send untouched, what could be chosen instead, and where words go."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)

    def filled(self, values: Values) -> dict[str, str | Sequence[str]]:
        return {**self.fields, **values}


class _Forms(HTMLParser):
    """Every form of a page, with the values that it would send untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._text = ""
        self._select: tuple[str, bool] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form()
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and "name" in told:
            self._input(self._form, told)
        elif tag == "textarea" and "name" in told:
            self._area, self._text = told["name"], ""
            self._form.words.append(told["name"])
        elif tag == "select" and "name" in told:
            self._select = told["name"], "multiple" in told
        elif tag == "option" and self._select:
            name, value = self._select[0], told.get("value", "")
            self._form.choices.setdefault(name, []).append(value)
            if "selected" in told:
                self._form.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            self._form.fields[self._area] = [self._text.removeprefix("\n")]
            self._area = None
        elif tag == "select":
            self._select = None

    @staticmethod
    def _input(form: Form, told: dict[str, str]) -> None:
        kind = told.get("type", "text")
        if kind in {"checkbox", "radio"}:
            form.choices.setdefault(told["name"], []).append(told.get("value", "on"))
        if kind == "date":
            form.days.append(told["name"])
        if kind in NOT_SENT or (kind in {"checkbox", "radio"} and "checked" not in told):
            return
        value = told.get("value", "on" if kind in {"checkbox", "radio"} else "")
        form.fields.setdefault(told["name"], []).append(value)


def form_with(page: str, name: str) -> Form | None:
    """The form of a page that has a field of this name."""
    reader = _Forms()
    reader.feed(page)
    return next((form for form in reader.forms if name in form.fields), None)


class Browser:
    """One person's browser. Nothing of it raises for what goes wrong on the way."""

    def __init__(self, url: str, *, patience: float = 30.0) -> None:
        """``patience``: seconds that an answer is waited for."""
        self._http = httpx.Client(base_url=url, timeout=patience, trust_env=False)
        self.statuses: list[int] = []  # of every answer, in order

    def sign_in(self, account: str, password: str) -> bool:
        page = self.get("/sign-in/")
        form = form_with(page.text, "username")
        if form is None:
            return False
        told = form.filled({"username": account, "password": password})
        return self._send("/sign-in/", told).status == 302

    def get(self, path: str) -> Answer:
        try:
            answer = self._http.get(path)
        except httpx.HTTPError as error:
            return Answer(Outcome.LOST, 0, type(error).__name__)
        self.statuses.append(answer.status_code)
        outcome = Outcome.DONE if answer.status_code == 200 else Outcome.REFUSED
        outcome = Outcome.LOST if answer.status_code >= 500 else outcome
        return Answer(outcome, answer.status_code, answer.text, answer.headers.get("Location", ""))

    def fill(self, path: str, values: Values, *, by: str = "version") -> Answer | None:
        """Open a form, and send it back with ``values``; None where it cannot be opened."""
        page = self.get(path)
        form = form_with(page.text, by) if page.status == 200 else None
        return self._send(path, form.filled(values)) if form else None

    def open(self, path: str, by: str) -> Form | None:
        page = self.get(path)
        return form_with(page.text, by) if page.status == 200 else None

    def send(self, path: str, form: Form, values: Values) -> Answer:
        return self._send(path, form.filled(values))

    def close(self) -> None:
        self._http.close()

    def _send(self, path: str, values: Values) -> Answer:
        try:
            answer = self._http.post(
                path, data=dict(values), headers={"Referer": str(self._http.base_url)}
            )
        except httpx.HTTPError as error:
            return Answer(Outcome.LOST, 0, type(error).__name__)
        status = answer.status_code
        self.statuses.append(status)
        place = answer.headers.get("Location", "")
        if status in {200, 302} and "/sign-in/" not in place:
            outcome = Outcome.DONE
        else:
            outcome = Outcome.LOST if status >= 500 else Outcome.REFUSED
        return Answer(outcome, status, answer.text, place)
