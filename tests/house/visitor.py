"""Somebody with a browser in front of a real process: follows links, fills in the forms it finds."""

from urllib.parse import urlsplit

import httpx

from tests.doors.fuzz.forms import Page

PASSWORD = "a fine password"  # the factory's

# Whom a request is about: filled in with just anything, it would be closed to the office.
CLOSING = {"about_office", "named", "target_unit"}


class Visitor:
    """One browser; ``addresses`` are all that it asked for, ``pages`` all that came back."""

    def __init__(self, port: int) -> None:
        self.addresses: list[str] = []
        self.pages: list[tuple[str, str]] = []
        self.statuses: list[tuple[str, int]] = []
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=60, follow_redirects=True,
            event_hooks={"request": [self._asked], "response": [self._came]},
        )  # fmt: skip

    def _asked(self, request: httpx.Request) -> None:
        self.addresses.append(str(request.url))

    def _came(self, response: httpx.Response) -> None:
        response.read()
        headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
        self.pages.append((str(response.url), f"{headers}\n{response.text}"))
        self.statuses.append(
            (f"{response.request.method} {response.url.path}", response.status_code)
        )

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def send(
        self, path: str, *, to: str | None = None, files: object = None, **fields: object
    ) -> httpx.Response:
        """The form of a page, as it stands there, with these fields filled in."""
        answer = self.get(path)
        forms = [f for f in Page(path, answer.text).forms if f.method == "post" and f.fields]
        form = next((f for f in forms if urlsplit(f.action).path == (to or path)), None)
        assert form, (path, answer.status_code, [f.action for f in forms])
        data: dict[str, object] = {}
        for field in form.fields:
            if field.name in CLOSING:
                continue
            if field.kind in {"file", "submit", "button"} or (
                field.kind == "checkbox" and not field.value
            ):
                continue
            data[field.name] = field.usual("这是一句足够长的普通的话。")
        return self.http.post(form.action, data=data | fields, files=files)

    def enter(self, account: str, password: str = PASSWORD) -> httpx.Response:
        return self.send("/sign-in/", username=account, password=password)
