"""Where somebody goes next: an address of ours, never one that a stranger put into a link."""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def safe(request: HttpRequest, url: str | None) -> str:
    """An address of ours, else the front page: no open redirects."""
    if url and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return url
    return resolve_url("ui:home")
