"""Forms as the browser sends them: what stands in the page's HTML, with a few values changed."""

from html.parser import HTMLParser

from django.db import connection
from django.test.utils import CaptureQueriesContext


class _Form(HTMLParser):
    """The values of every form of a page, by its action."""

    def __init__(self):
        super().__init__()
        self.forms, self.data, self.name, self.text = {}, None, None, None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.data = self.forms.setdefault(a.get("action", ""), {})
        if self.data is None or ("name" not in a and tag != "option"):
            return
        if tag == "input" and (a.get("type") not in {"checkbox", "radio"} or "checked" in a):
            unsaid = "on" if a.get("type") in {"checkbox", "radio"} else ""
            self.data.setdefault(a["name"], []).append(a.get("value", unsaid))
        elif tag == "select":
            self.name = a["name"]
        elif tag == "textarea":
            self.name, self.text = a["name"], ""
        elif tag == "option" and "selected" in a:
            self.data.setdefault(self.name, []).append(a.get("value", ""))

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.data.setdefault(self.name, []).append(self.text.removeprefix("\n"))
            self.text = None
        elif tag == "form":
            self.data = None


def filled(response, action=""):
    """What the form of a page would send if it were sent as it stands."""
    parser = _Form()
    parser.feed(response.content.decode())
    return parser.forms[action]


def send(client, path, **changes):
    """Open a form and send it back with some values changed."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    return client.post(path, {**filled(page), **changes})


def errors(response):
    """What a page says is wrong, by field."""
    found = dict(response.context["form"].errors)
    for small in response.context.get("rules") or ():
        found |= small.errors
    return found


def queries_of(client, path):
    """How many questions a page asks the database, once what is kept in memory is there."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
