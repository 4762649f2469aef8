"""What every test stands on: the default catalogue, a fixed noon, cheap passwords."""

import pytest

from hotline.catalog import services as catalog


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        catalog.load_defaults()


@pytest.fixture(autouse=True)
def _light(settings, tmp_path):
    """Hash quickly, keep uploads in a folder of this test, serve static files as they are."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
