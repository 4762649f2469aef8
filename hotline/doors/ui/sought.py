"""What somebody searches for may be a name or a phone number, and an address is kept in many places:
the browser's history, a proxy's log, a bookmark. So it is posted, and stands there encrypted."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

from hotline.base import cipher
from hotline.doors.ui import pace
from hotline.doors.ui.middleware import HouseRequest
from hotline.limits.codes import Limit

NAME, MARK, KIND = "q", "~", "sought"
View = Callable[..., HttpResponse]


def sealed(text: str) -> str:
    """As it stands in an address; "" for nothing."""
    text = text.strip()
    if not text or (text.startswith(MARK) and opened(text)):
        return text  # nothing, or sealed already
    value = cipher.encrypt(text, KIND, findable=False)
    return MARK + urlsafe_b64encode(value).decode().rstrip("=")


def opened(text: str) -> str:
    """What was searched for; a plain word is itself, and nonsense is nothing."""
    if not text.startswith(MARK):
        return text
    try:
        value = urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        return cipher.decrypt(value, KIND, findable=False)
    except (ValueError, cipher.Unreadable):
        return ""


def seeks(view: View) -> View:
    """A page with a search form: what is posted to it becomes its address, the words sealed."""

    search = pace.at_most(Limit.SEARCH)(view)

    @wraps(search)
    def page(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return (
                search(request, *args, **kwargs)
                if NAME in request.GET
                else view(request, *args, **kwargs)
            )
        asked = [
            (name, sealed(value) if name == NAME else value)
            for name, values in request.POST.lists()
            for value in values
            if value.strip() and name not in {"csrfmiddlewaretoken", "after"}
        ]
        to = f"{request.path}?{urlencode(asked)}" if asked else request.path
        return HttpResponseRedirect(to, status=303)

    return page


class SoughtField(forms.CharField):
    """A field for the words of a search, from an address."""

    def to_python(self, value: Any) -> str:
        return super().to_python(opened(value) if isinstance(value, str) else value) or ""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """In the form they stand as they were typed."""
        return opened(data) if isinstance(data, str) else data
