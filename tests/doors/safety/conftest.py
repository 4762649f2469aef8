"""The platform as it stands behind a TLS proxy, and one request that every address can show."""

import runpy
from pathlib import Path

import pytest
from django.test import Client

from tests.doors.addresses import addresses
from tests.doors.people import client_of, signed_in
from tests.doors.test_strangers import canary  # noqa: F401 - the request

SETTINGS = Path(__file__).resolve().parents[3] / "config" / "settings.py"
PROXIED = {"Host": "testserver", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
SAFE = (
    "HTTPS", "PROXIES", "ALLOWED_HOSTS", "HOSTS", "COOKIE_PREFIX", "SESSION_COOKIE_", "CSRF_", "SECURE_",
    "LANGUAGE_COOKIE_",
)  # fmt: skip


@pytest.fixture
def https(settings, monkeypatch):
    """What ``HOTLINE_HTTPS=1`` makes of the settings, read by the settings themselves."""
    monkeypatch.setenv("HOTLINE_HTTPS", "1")
    monkeypatch.setenv("HOTLINE_HOSTS", "testserver")
    for name, value in runpy.run_path(str(SETTINGS)).items():
        if name.startswith(SAFE):
            setattr(settings, name, value)


@pytest.fixture
def places(canary):  # noqa: F811 - pytest's way
    """Every address once: of those that differ only by what an action is called, two will do."""
    seen: dict[str, int] = {}
    kept = []
    for name, path in addresses(canary):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= 2:
            kept.append((name, path))
    return kept


def browsers(canary, *, only=None, **defaults):  # noqa: F811
    """One of each kind who may open the most; ``only`` some of them, ``defaults`` for all they send."""
    kinds = {
        "stranger": Client, "requester": lambda: signed_in(canary.owner), "clerk": lambda: client_of("R3"),
        "manager": lambda: client_of("R4"), "unit": lambda: client_of("R5", of="houqin"),
        "admin": lambda: client_of("R13"), "auditor": lambda: client_of("R13A"),
    }  # fmt: skip
    clients = {kind: kinds[kind]() for kind in only or kinds}
    for client in clients.values():
        client.defaults.update(defaults)
    return clients
