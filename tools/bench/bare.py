"""A page of Django that does nothing, on our server: what is paid before our own work begins.

The aims were set on a host where it takes about 0.2 ms of CPU; the same program costs on another
host, or in another hour, what this page does.
"""

import subprocess
import sys
import time
from itertools import repeat

import psutil
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

from tools.bench.load import Call, Connection, measure
from tools.bench.machine import Meter

CALLERS, SECONDS, PATIENCE = 8, 3.0, 30
SERVER = (sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2",
          "--blocking-threads", "4", "--log-level", "warning", "--factory")  # fmt: skip
urlpatterns = [path("", lambda _request: HttpResponse("ok " * 100))]


def page() -> WSGIHandler:
    """The application: Django with nothing in it."""
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"])
    return get_wsgi_application()


def cost(port: int) -> float:
    """CPU milliseconds a call. Raises OSError when the server does not start."""
    server = subprocess.Popen([*SERVER, "--port", str(port), f"{__name__}:page"])
    try:
        _wait_for(port)
        meter = Meter({"web": [psutil.Process(server.pid)]})
        point = measure(port, [repeat(Call("/", {})) for _ in range(CALLERS)], SECONDS, meter)
        return point.cost("web")
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            Connection(port).send(Call("/", {}))
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
