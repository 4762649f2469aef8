"""Spreadsheets that are taken along name nobody who asked, and go only to who proves who they are."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from hotline.cases.codes import Mode, State
from hotline.oversight.services import instructions, slips
from tests.doors.people import BACKEND, client_of
from tests.make import a_case, a_user, an_actor, holder

pytestmark = pytest.mark.django_db
NAME = "欧阳明志"


def a_secret(state=State.IN_PROGRESS, **more):
    return a_case(
        state, owner=a_user(NAME), mode=Mode.CONFIDENTIAL, at=now() - timedelta(hours=5), **more
    )


@pytest.mark.parametrize("which", ["supervisions", "instructions"])
def test_a_ledger_is_taken_along_only_after_a_proof_of_who_takes_it(which):
    client = Client()
    client.force_login(holder("R9"), backend=BACKEND)
    assert client.get(f"/desk/{which}/sheet/").status_code != 200


@pytest.mark.parametrize("which", ["supervisions", "instructions"])
def test_a_ledger_that_is_taken_along_names_nobody(which):
    case = a_secret()
    if which == "supervisions":
        slips.open_by_hand(
            case, requirement=f"请向{NAME}说明情况", reason="DB04", by=an_actor("R4"), at=now()
        )
    else:
        instructions.direct(
            case, words=f"请尽快答复{NAME}同学", due=None, by=an_actor("R8"), at=now()
        )
    response = client_of("R9").get(f"/desk/{which}/sheet/")
    assert response.status_code == 200
    book = zipfile.ZipFile(io.BytesIO(response.content))
    assert NAME not in "".join(book.read(name).decode(errors="ignore") for name in book.namelist())
