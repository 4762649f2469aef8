"""What every page needs: a language, an actor, and one place where a refusal becomes a page."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import localdate, now

from hotline.base import logs, space
from hotline.base.contention import is_contention
from hotline.base.numbers import whole
from hotline.base.refusals import Busy, Refusal
from hotline.catalog import shelf
from hotline.doors.ui import confirm, entry, errors, proofs
from hotline.people import queries
from hotline.people.actor import Actor
from hotline.upkeep import metrics

log = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]


class HouseRequest(HttpRequest):
    """A request as our middleware hands it to a view."""

    actor: Actor


PASSED_ON = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def identified(get_response: Handler) -> Handler:
    """Give every request a number of its own, for the log, the answer and whoever has to tell it.

    The one that our TLS proxy gave is kept, if it is a random one: others might be made to carry
    something.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.HTTPS else ""
        mine = given if PASSED_ON.fullmatch(given) else secrets.token_hex(16)
        token = logs.request_id.set(mine)
        try:
            response = get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = mine
        return response

    return middleware


def counted(get_response: Handler) -> Handler:
    """Count every answer, by the name of its address: the address itself may name a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - began
        route = request.resolver_match.view_name if request.resolver_match else "none"
        metrics.count(
            route=route, method=request.method or "", status=response.status_code, seconds=seconds
        )
        facts = {"route": route, "status_code": response.status_code}
        log.info("answered", extra=facts | {"milliseconds": round(seconds * 1000)})
        return response

    return middleware


def no_nul(get_response: Handler) -> Handler:
    """Refuse addresses with NUL bytes: PostgreSQL has no text for them. Forms refuse their own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request)
        return get_response(request)

    return middleware


def fit_body(get_response: Handler) -> Handler:
    """Refuse a body that is too large before a byte of it is kept, and any text but UTF-8."""
    most = settings.FILES_MOST * settings.FILE_BYTES_MOST + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def middleware(request: HttpRequest) -> HttpResponse:
        length = whole(request.META.get("CONTENT_LENGTH") or "0")
        if length is None or length > most:
            return errors.too_large(request)
        charset = request.content_params.get("charset", "utf-8") if request.content_params else ""
        if charset and charset.lower() not in {"utf-8", "utf8"}:
            request.encoding = "utf-8"  # the page that says so reads the address
            return errors.bad_request(request)
        return get_response(request)

    return middleware


def language(get_response: Handler) -> Handler:
    """Chinese, unless the switch in the page header has chosen otherwise."""
    known = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        request.LANGUAGE_CODE = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(request.LANGUAGE_CODE):
            response = get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response

    return middleware


READING = frozenset({"GET", "HEAD", "OPTIONS"})


def room_on_disk(get_response: Handler) -> Handler:
    """Take nothing new in while the disk is nearly full: a little is left for what is under way.

    Whoever wants to read may still sign in, out, and choose a language.
    """
    small = {reverse(name) for name in ("ui:sign_in", "ui:sign_out", "ui:language")}

    def middleware(request: HttpRequest) -> HttpResponse:
        writes = request.method not in READING and request.path not in small
        if writes and space.nearly_full():
            return errors.read_only(request)
        return get_response(request)

    return middleware


def actor(get_response: Handler) -> Handler:
    """Give every view ``request.actor``, looked up at its first use."""

    def middleware(request: HttpRequest) -> HttpResponse:
        lazy: Any = SimpleLazyObject(lambda: _actor_of(request))
        cast("HouseRequest", request).actor = lazy
        with shelf.steady():
            response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"  # no page of ours belongs in a cache
        return response

    return middleware


def _actor_of(request: HttpRequest) -> Actor:
    proven = proofs.read(request)
    if not request.user.is_authenticated:
        return Actor(bearer_of=proven)
    return queries.actor_of(request.user, on=localdate(), bearer_of=proven)


def own_password(get_response: Handler) -> Handler:
    """Whoever signs in with a password that was given to them chooses their own first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.must_change_password):
            return get_response(request)
        account = reverse("ui:account")
        if request.path in {account, reverse("ui:sign_out"), reverse("ui:language")}:
            return get_response(request)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": account})
        return redirect(account)

    return middleware


def awake(get_response: Handler) -> Handler:
    """Note signs of life, and lock a session that has given none for too long.

    A page that asks by itself how things stand gives none.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        at = now()
        if entry.is_locked(request, at=at):
            open_ = (reverse("ui:confirm"), reverse("ui:sign_out"), reverse("ui:language"))
            return (
                get_response(request)
                if request.path in open_
                else confirm.ask(request, locked=True)
            )
        if "X-Unattended" not in request.headers:
            entry.note(request, at=at)
        return get_response(request)

    return middleware


def own_second(get_response: Handler) -> Handler:
    """Whoever must have a second factor, and has had time enough, sets one up first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not (request.user.is_authenticated and request.session.get(entry.MUST_SECOND)):
            return get_response(request)
        second = reverse("ui:second")
        open_ = ("ui:sign_out", "ui:language", "ui:confirm", "ui:account", "ui:awake")
        if request.path.startswith(second) or request.path in {reverse(name) for name in open_}:
            return get_response(request)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": second})
        return redirect(second)

    return middleware


class refusals:  # noqa: N801 - a middleware beside its sisters
    """Turn a Refusal that a view let through into a page, or a fragment for HTMX.

    That the database sent somebody back for another's sake is one as well.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = Busy() if is_contention(error) else error
        return errors.refused(request, refusal) if isinstance(refusal, Refusal) else None
