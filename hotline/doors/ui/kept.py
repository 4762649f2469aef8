"""What somebody had typed when nothing could be taken in: given back to them, to be sent again.

The page is one that the browser may not keep, so going back would show an empty form. The form that is
given back carries its own key and version: sent twice, it is taken once.
"""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import resolve
from django.urls.exceptions import Resolver404

SECRET = {"ui"}  # the door of accounts: passwords and codes are not shown to anybody
PROOF = "confirm-"  # begins the names of what proves in between who it is: a password is never kept


@dataclass(frozen=True)
class Kept:
    """Where it goes, what it carries, what of it a person wrote, and whether files went missing."""

    path: str
    hidden: list[tuple[str, str]] = field(default_factory=list)
    written: list[tuple[str, str]] = field(default_factory=list)
    files: bool = False


def kept_of(request: HttpRequest) -> Kept | None:
    """What was sent with a form of ours, or None where there is nothing to give back."""
    if request.method != "POST" or not _is_ours(request):
        return None
    try:
        if resolve(request.path_info).app_name in SECRET:
            return None
        sent = [
            (name, text)
            for name, texts in request.POST.lists()
            if not name.startswith(PROOF)
            for text in texts
        ]
    except (Resolver404, OSError):  # no address of ours; a body that did not come whole
        return None
    written = [(name, text) for name, text in sent if _by_hand(text)]
    if not written:
        return None
    hidden = [pair for pair in sent if pair not in written]
    return Kept(request.get_full_path(), hidden, written, files=bool(request.FILES))


def _by_hand(text: str) -> bool:
    """Did a person write it? Keys, codes and days are neither Chinese nor of several words."""
    return not text.isascii() or any(letter.isspace() for letter in text)


def _is_ours(request: HttpRequest) -> bool:
    """Did a page of ours send it? A stranger's would be shown under our name."""
    check = CsrfViewMiddleware(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, _nothing, (), {}) is None


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()
