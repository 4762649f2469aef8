"""The page of the seals: for auditors alone, each seal to be taken along."""

import json

import pytest
from django.utils.timezone import now

from hotline.audit import keys
from hotline.audit.models import Seal
from hotline.audit.services import sealing
from hotline.cases.models import Look
from tests.doors.people import ROLES, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def seal():
    at = now()
    return sealing.seal(until=at, at=at)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "R13A"])
def test_nobody_else_reads_or_takes_a_seal(role, seal):
    client = client_of(role, of="houqin")
    assert client.get("/audit/seals/").status_code == 404
    assert client.get(f"/audit/seals/{seal.number}/").status_code == 404


def test_an_auditor_sees_the_key_and_takes_a_seal_along(seal):
    client = client_of("R13A")
    text = client.get("/audit/seals/").content.decode()
    assert keys.public() in text
    assert seal.digest[:16] in text
    response = client.get(f"/audit/seals/{seal.number}/")
    assert response["Content-Disposition"] == 'attachment; filename="seal-000001.json"'
    said = json.loads(response.content)
    assert keys.is_signed(said["body"], said["signature"], keys.public())
    assert Look.objects.filter(facts__what="seal", facts__filter={"seal": 1}).exists()
    assert client.get("/audit/seals/99/").status_code == 404


def test_before_the_first_seal_the_page_says_so():
    assert not Seal.objects.exists()
    assert "还没有封存过" in client_of("R13A").get("/audit/seals/").content.decode()
