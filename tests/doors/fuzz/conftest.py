"""Whoever fuzzes: one of each role, requests in every stage, and examples that leave nothing behind."""

from contextlib import contextmanager
from copy import deepcopy

import pytest
from django.db import transaction
from django.test import Client

from hotline.cases.codes import State
from hotline.catalog import shelf
from tests.doors.addresses import addresses
from tests.doors.people import client_of, signed_in
from tests.doors.test_strangers import canary  # noqa: F401 - the request
from tests.make import a_case

STAGES = [
    State.SUBMITTED, State.NEED_INFO, State.ACCEPTED, State.DISPATCHED, State.RETURN_REVIEW,
    State.ANSWERED, State.CLOSED, State.DISSATISFIED,
]  # fmt: skip
WHO = ["stranger", "requester", "R2", "R3", "R4", "R5", "R6", "R8", "R12", "R13", "R13A"]


@pytest.fixture
def stages(canary):  # noqa: F811 - pytest's way
    return [a_case(state, owner=canary.owner) for state in STAGES]


def somebody(who, canary):  # noqa: F811
    match who:
        case "stranger":
            return Client()
        case "requester":
            return signed_in(canary.owner)
        case _:
            return client_of(who, of="houqin")


def seeds(canary, stages):  # noqa: F811
    """Where to begin looking: every address, and the pages of a request in every stage."""
    yield "/start/"
    for case in stages:
        yield f"/desk/cases/{case.number}/"
        yield f"/requests/{case.number}/"
        for order in case.orders.all():
            yield f"/unit/orders/{order.pk}/"
    for _name, path in addresses(canary):
        yield path


@contextmanager
def nothing_left(client):
    """What happens in here is taken back: rows, cookies, what is held in memory."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies
    shelf.forget()
