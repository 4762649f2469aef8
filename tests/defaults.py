"""The default data that every test stands on, put back where a test that commits has emptied it."""

from django.db import connection

from hotline.catalog import services as catalog
from hotline.oversight.services.defaults import load_defaults as load_ladder
from hotline.people.models import Role


def ensure_defaults() -> None:
    """Fill the tables again if somebody has emptied them; a question where nobody has."""
    if not Role.objects.exists():
        _forget_jobs()
        catalog.load_defaults()
        load_ladder()


def _forget_jobs() -> None:
    """Django empties the tables it manages after a test that commits; the queue's are not."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")  # its events go with it
