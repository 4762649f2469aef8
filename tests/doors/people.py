"""Browsers without a browser: somebody signed in."""

from time import time

from django.test import Client

from tests.make import holder

BACKEND = "hotline.people.backends.AccountOrPhone"
ROLES = [*(f"R{n}" for n in range(2, 15)), "R13A", "R13S"]
OF_UNIT = {"R5", "R6", "R7"}


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    session["proved"] = int(time())  # just now
    session.save()
    return client


def client_of(role, of="baowei"):
    """Somebody with a role; of a unit that has nothing to do with the request, unless told."""
    return signed_in(holder(role, of=of if role in OF_UNIT else None))
