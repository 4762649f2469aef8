"""What every test stands on: the default catalogue, a fixed noon, cheap passwords."""

import asyncio
import gc
import threading

import pytest
from django.db import connections
from hypothesis import settings as hypothesis

from hotline.catalog import shelf
from tests.defaults import ensure_defaults

hypothesis.register_profile(
    "house", deadline=None
)  # machines are slow at times; that is no failure
hypothesis.load_profile("house")
gc.set_threshold(50_000, 20, 20)  # pages are rendered by the thousand; memory is plentiful here

# With a loop in its thread, and Playwright leaves one, Django would look for another connection than
# without: a test that begins with one and ends with the other commits what it should take back.
connections._connections = threading.local()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        ensure_defaults()
    gc.collect()
    gc.freeze()  # models, templates and tests stay: nobody need look through them again


@pytest.fixture(autouse=True)
def _catalogue(request):
    """A test that commits for real empties the tables; whoever comes after it needs them filled."""
    marked = request.node.get_closest_marker("django_db")
    if marked or {"db", "transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("_django_db_helper")
        ensure_defaults()


@pytest.fixture(autouse=True)
def _no_loop(request):
    """The browser of an earlier test keeps its event loop in this thread: nobody else is to find it."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(autouse=True)
def _light(settings, tmp_path):
    """Hash quickly, keep uploads in a folder of this test, serve static files as they are."""
    shelf.forget()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES_URL = settings.CLAMD = ""
    settings.FILES = tmp_path / "files"
    settings.ERASURES = tmp_path / "erasures.jsonl"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
