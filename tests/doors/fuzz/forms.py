"""The forms of our pages, as a browser finds them: nobody lists them, so a new one is met at once."""

from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

TEXT = {"text", "textarea", "search", "tel", "email", "password", "url"}
AS_IT_IS = {"hidden", "submit", "button", "image"}
FILLED = {
    "date": "2026-06-03", "datetime-local": "2026-06-03T12:00", "time": "12:00", "month": "2026-06",
    "number": "1", "tel": "13900001234", "email": "a@example.edu.cn", "url": "https://example.edu.cn/",
}  # fmt: skip


@dataclass
class Field:
    """One field: what kind it is, which values it offers, which one it has."""

    name: str
    kind: str
    value: str = ""
    offers: list[str] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return self.kind in TEXT

    def usual(self, keep: str) -> str:
        """What somebody would send; in a free text the words ``keep``."""
        if self.offers:
            return self.value or next(filter(None, self.offers), "")
        if self.kind in AS_IT_IS or self.value:
            return self.value
        return FILLED.get(self.kind, keep)


@dataclass
class Form:
    """A form and where it goes; ``page`` is the address on which it stands."""

    page: str
    action: str
    method: str
    fields: list[Field]

    @property
    def signature(self) -> tuple[object, ...]:
        return (view_of(self.action), self.method, *sorted({f.name for f in self.fields}))


class Page(HTMLParser):
    """Forms and links of one page, also those that HTMX sends."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.forms, self.links = address, [], []
        self._form: Form | None = None
        self._choice: Field | None = None
        self._area: Field | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        at = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get", "data-url"):
            self._link(at.get(name))
        self._link(at.get("hx-post"), sends=True)
        if tag == "form":
            action = urljoin(self.address, at.get("action") or at.get("hx-post") or self.address)
            self._form = Form(self.address, action, at.get("method", "get").lower(), [])
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "option" and self._choice is not None:
            self._choice.offers.append(at.get("value", ""))
            if "selected" in at:
                self._choice.value = at.get("value", "")
        elif at.get("name"):
            self._field(tag, at)

    def _field(self, tag, at):
        kind = at.get("type", "text").lower() if tag == "input" else tag
        if kind in {"radio", "checkbox"}:
            known = next((f for f in self._form.fields if f.name == at["name"]), None)
            if known is None:
                known = Field(at["name"], kind)
                self._form.fields.append(known)
            known.offers.append(at.get("value", "on"))
            if "checked" in at:
                known.value = at.get("value", "on")
            return
        made = Field(at["name"], kind, at.get("value", ""))
        self._form.fields.append(made)
        self._choice = made if tag == "select" else None
        self._area = made if tag == "textarea" else None

    def handle_data(self, data):
        if self._area is not None:
            self._area.value += data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._choice = None
        elif tag == "textarea":
            self._area = None

    def _link(self, href, *, sends=False):
        if not href or href.startswith("#"):
            return
        parts = urlsplit(urljoin(self.address, href))
        if parts.netloc or parts.scheme:
            return
        if sends:
            self.forms.append(Form(self.address, parts.path, "post", []))
        else:
            self.links.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def view_of(address: str) -> str:
    """Which page it is, whatever it is about."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return "none"
    named = [str(match.kwargs[n]) for n in ("slug", "tab", "code", "room") if n in match.kwargs]
    return " ".join([match.view_name, *named])


LEFT_ALONE = ("/static/", "/files/")


def forms_of(client, seeds, *, each: int = 1, most: int = 300) -> list[Form]:
    """Every form that somebody finds who follows every link, at most ``each`` pages of a kind."""
    waiting, met, asked = deque(seeds), Counter(), set()
    found: dict[tuple[object, ...], Form] = {}
    while waiting and len(asked) < most:
        address = waiting.popleft()
        kind = view_of(address)
        if address in asked or address.startswith(LEFT_ALONE) or met[kind] >= each:
            continue
        asked.add(address)
        response = client.get(address)
        if response.status_code in {301, 302}:
            waiting.append(response["Location"])
            continue
        if response.status_code != 200 or "text/html" not in response.get("Content-Type", ""):
            continue
        met[kind] += 1
        page = Page(urlsplit(address).path, response.content.decode())
        waiting.extend(page.links)
        for form in page.forms:
            found.setdefault(form.signature, form)
    return list(found.values())
