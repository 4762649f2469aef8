"""Which requests somebody without an account has opened with number and code.

Kept in a signed cookie of the browser, not in the session's row: in our database nothing
joins an anonymous request to whoever may be signed in at the same time.
"""

from collections.abc import Iterable

from django.core import signing
from django.http import HttpRequest, HttpResponse

from hotline.doors.ui import cookies

COOKIE = "hotline_proofs"
SECONDS = 12 * 3600
MOST = 20
SALT = "hotline.proofs"


def read(request: HttpRequest) -> frozenset[int]:
    """Ids of requests that this browser has proven; none once the time is up."""
    try:
        ids = signing.loads(cookies.read(request, COOKIE), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return frozenset()
    return frozenset(int(pk) for pk in ids)


def forget(response: HttpResponse) -> None:
    """Let the browser keep none."""
    cookies.drop(response, COOKIE)


def write(response: HttpResponse, ids: Iterable[int]) -> None:
    """Let the browser keep these proofs, the latest of them."""
    kept = signing.dumps(sorted(ids)[-MOST:], salt=SALT)
    cookies.keep(response, COOKIE, kept, seconds=SECONDS)
