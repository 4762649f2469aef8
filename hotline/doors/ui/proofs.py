"""Which requests somebody without an account has opened with number and code.

Kept in a signed cookie of the browser, not in the session's row: in our database nothing
joins an anonymous request to whoever may be signed in at the same time.
"""

from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "hotline_proofs"
SECONDS = 12 * 3600
MOST = 20
SALT = "hotline.proofs"


def read(request: HttpRequest) -> frozenset[int]:
    """Ids of requests that this browser has proven; none once the time is up."""
    try:
        ids = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return frozenset()
    return frozenset(int(pk) for pk in ids)


def forget(response: HttpResponse) -> None:
    """Let the browser keep none."""
    response.delete_cookie(COOKIE, samesite="Lax")


def write(response: HttpResponse, ids: Iterable[int]) -> None:
    """Let the browser keep these proofs, the latest of them."""
    response.set_cookie(
        COOKIE,
        signing.dumps(sorted(ids)[-MOST:], salt=SALT),
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
