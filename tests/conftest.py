"""What every test stands on: the default catalogue, a fixed noon, cheap passwords."""

import pytest
from django.db import connection
from hypothesis import settings as hypothesis

from hotline.catalog import services as catalog
from hotline.catalog import shelf
from hotline.oversight.services.defaults import load_defaults as load_ladder
from hotline.people.models import Role

hypothesis.register_profile(
    "house", deadline=None
)  # machines are slow at times; that is no failure
hypothesis.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        catalog.load_defaults()
        load_ladder()


@pytest.fixture(autouse=True)
def _catalogue(request):
    """A test that commits for real empties the tables; whoever comes after it needs them filled."""
    marked = request.node.get_closest_marker("django_db")
    if marked or {"db", "transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("_django_db_helper")
        if not Role.objects.exists():
            _forget_jobs()
            catalog.load_defaults()
            load_ladder()


def _forget_jobs():
    """Django empties the tables it manages after a test that commits; the queue's are not."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")  # its events go with it


@pytest.fixture(autouse=True)
def _light(settings, tmp_path):
    """Hash quickly, keep uploads in a folder of this test, serve static files as they are."""
    shelf.forget()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
