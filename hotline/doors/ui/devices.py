"""Where a visitor comes from, and by which browser: what the counting of tries asks for.

The browser keeps a key for each account that has signed in from it, in one signed cookie; only a
hash of each is in our database.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from hotline.doors.ui import cookies
from hotline.people.places import network
from hotline.people.services.passkeys import Site

COOKIE = "hotline_device"
SALT = "hotline.device"
SECONDS = 400 * 86400  # the longest that browsers keep a cookie
MOST = 8  # accounts of one browser


def place_of(request: HttpRequest) -> str:
    """The network of whoever asks; empty when a proxy is in front that does not say.

    Each proxy in front adds one address at the end of X-Forwarded-For; what stands before those
    the visitor may have made up.
    """
    if not settings.PROXIES:
        return network(request.META.get("REMOTE_ADDR", ""))
    passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return network(passed[-settings.PROXIES]) if len(passed) >= settings.PROXIES else ""


def site_of(request: HttpRequest) -> Site:
    """What passkeys are bound to: the name and the address under which somebody has us open."""
    host = request.get_host()
    return Site(host=host.rsplit(":", 1)[0], origin=f"{request.scheme}://{host}")


def keys(request: HttpRequest) -> list[str]:
    """What this browser keeps of earlier entries; nothing when it is not as we wrote it."""
    try:
        kept = signing.loads(cookies.read(request, COOKIE), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return []
    return [str(key) for key in kept]


def remember(request: HttpRequest, response: HttpResponse, key: str) -> None:
    """Let the browser keep this key before the ones it has; without one, those for longer."""
    kept = [each for each in dict.fromkeys([key, *keys(request)]) if each][:MOST]
    cookies.keep(response, COOKIE, signing.dumps(kept, salt=SALT), seconds=SECONDS)
