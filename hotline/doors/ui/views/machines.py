"""For machines that watch: is it alive, is it ready, what are its figures. Nothing here names anybody."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from hotline.upkeep import metrics, readiness

FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
)


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; the database is not asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200, or 503 with codes of what is missing; ``?for=pages`` asks only for what pages need."""
    reasons = readiness.lacking(now(), only_pages=request.GET.get("for") == "pages")
    answer = {"ready": not reasons, "reasons": reasons}
    return JsonResponse(answer, status=503 if reasons else 200)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Figures for whoever holds the token; without one, only for this very host."""
    if not _may_read_figures(request):
        raise Http404
    return HttpResponse(
        metrics.written(now()), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _may_read_figures(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # Behind a proxy everybody comes from this host: whoever was passed on is a stranger.
    passed_on = settings.HTTPS or any(name in request.META for name in FORWARDED)
    near = _is_loopback(request.META.get("REMOTE_ADDR", ""))
    return not passed_on and near and _was_asked_as_near(request)


def _was_asked_as_near(request: HttpRequest) -> bool:
    """Was it asked for by a name of this very host? A page from elsewhere in a browser here would
    come by a name of its own, made to lead here (DNS rebinding)."""
    domain, _port = split_domain_port(request.get_host())
    return domain == "localhost" or _is_loopback(domain.strip("[]"))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
