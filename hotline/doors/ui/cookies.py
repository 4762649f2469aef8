"""Cookies of ours, all kept alike: from this host alone, unread by scripts, over TLS where there is any."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse


def name(plain: str) -> str:
    """How a cookie is called here: with ``__Host-`` browsers take it from no other host."""
    return f"{settings.COOKIE_PREFIX}{plain}"


def read(request: HttpRequest, plain: str) -> str:
    return request.COOKIES.get(name(plain), "")


def keep(response: HttpResponse, plain: str, value: str, *, seconds: int) -> None:
    """Let the browser keep ``value``, which is signed by whoever calls."""
    response.set_cookie(
        name(plain), value, max_age=seconds, httponly=True, samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )  # fmt: skip


def drop(response: HttpResponse, plain: str) -> None:
    """Let the browser forget it. One with ``__Host-`` is not even forgotten without ``Secure``."""
    keep(response, plain, "", seconds=0)


class _Prefixed(CookieStorage):
    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.cookie_name = name("messages")


class Flashes(FallbackStorage):
    """The one-time words on top of a page."""

    storage_classes = (_Prefixed, SessionStorage)
