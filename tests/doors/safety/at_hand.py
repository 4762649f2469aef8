"""A request whose requester nobody but a few may know."""

from datetime import timedelta

from django.utils.timezone import now

from hotline.cases.codes import Mode, State
from tests.make import a_case, a_user

NAME = "欧阳明志"


def a_secret(state=State.IN_PROGRESS, **more):
    """A 保密 request of that person, five hours old."""
    return a_case(
        state, owner=a_user(NAME), mode=Mode.CONFIDENTIAL, at=now() - timedelta(hours=5), **more
    )
