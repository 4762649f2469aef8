"""Hostile input in every form and at every address: refused or kept as text, never a crash.

A modest number of examples runs with every test run, the same ones each time; ``make fuzz`` runs
new ones, many (docs/security.md).
"""

import os
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.doors.addresses import addresses
from tests.doors.fuzz import hostile
from tests.doors.fuzz.conftest import WHO, nothing_left, seeds, somebody
from tests.doors.fuzz.forms import TEXT, Page, forms_of
from tests.doors.fuzz.hostile import RAW, SCRIPT, WIRES
from tests.doors.test_strangers import body_of

pytestmark = pytest.mark.django_db

EXPECTED = {200, 204, 301, 302, 303, 307, 400, 403, 404, 405, 409, 413, 422, 429}
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
LEAVING = {"ui:sign_out", "ui:language"}
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "ZQ7"]
unhurried = settings(
    suppress_health_check=list(HealthCheck),
    derandomize=not DEEP,
    max_examples=3000 if DEEP else 50,
)


def assert_tame(response, told):
    """Nobody's input crashed us, is run by a browser, or made a header."""
    assert response.status_code in EXPECTED, (response.status_code, told)
    text = body_of(response)
    if "text/html" in response.get("Content-Type", ""):
        assert not [raw for raw in RAW if raw in text], told
    assert "Traceback (most recent call last)" not in text, told
    assert "zq7" not in response.cookies, told


def sent(client, form, pairs, kind):
    body = WIRES[kind](pairs)
    if form.method == "get":
        address = f"{form.action.split('?')[0]}?{hostile.urlencoded(pairs).decode()}"
        return client.get(address)
    return client.generic("POST", form.action, body, content_type=kind)


def follow(client, response, told):
    if response.status_code in {301, 302, 303}:
        assert_tame(client.get(response["Location"]), told)


@pytest.mark.parametrize("who", WHO)
def test_every_form_takes_a_script_as_text_and_hostile_values_as_mistakes(who, canary, stages):
    client = somebody(who, canary)
    forms = [f for f in forms_of(client, seeds(canary, stages)) if "sign-out" not in f.action]
    assert forms
    for form in forms:
        pairs = [(f.name, (SCRIPT if f.is_text else f.usual(SCRIPT)).encode()) for f in form.fields]
        with nothing_left(client):
            response = sent(client, form, pairs, "application/x-www-form-urlencoded")
            assert_tame(response, (form.action, form.page))
            follow(client, response, form.action)

    @unhurried
    @given(st.data())
    def hostile_values(data):
        form = data.draw(st.sampled_from(forms))
        spoilt = data.draw(
            st.sets(st.sampled_from([f.name for f in form.fields] or [""]), max_size=3)
        )
        keep = {f.name: f"留住第{n}句话不要丢失" for n, f in enumerate(form.fields)}
        pairs = []
        for each in form.fields:
            if each.name in spoilt:
                pairs += [
                    (each.name, value) for value in data.draw(st.lists(hostile.values, max_size=3))
                ]
            else:
                pairs.append((each.name, each.usual(keep[each.name]).encode()))
        with nothing_left(client):
            kind = data.draw(st.sampled_from(list(WIRES)))
            response = sent(client, form, pairs, kind)
            assert_tame(response, (form.action, pairs))
            follow(client, response, (form.action, pairs))
            if response.status_code == 422 and form.method == "post":
                gone = lost(form, spoilt, pairs, response)
                assert not gone, (form.action, gone, pairs)

    hostile_values()


def lost(form, spoilt, pairs, response):
    """Free texts, rightly filled in, that the page of a refusal does not give back.

    A box to search in is no text of the form; one line is asked for only where the form itself comes back.
    """
    given_, page = dict(pairs), response.content.decode()
    back, shown = (
        {f.name for other in Page(form.page, page).forms for f in other.fields},
        unescape(page),
    )
    return [
        f.name for f in form.fields
        if f.kind in TEXT - {"password", "search"} and f.name not in spoilt
        and (f.kind == "textarea" or f.name in back)
        and given_[f.name].decode() not in shown
    ]  # fmt: skip


@pytest.mark.parametrize("who", WHO)
def test_every_address_takes_any_method_query_body_and_header(who, canary, stages):
    client = somebody(who, canary)
    places = sorted({path for name, path in addresses(canary) if name not in LEAVING})

    @unhurried
    @given(st.data())
    def hostile_requests(data):
        draw = data.draw
        path = draw(st.sampled_from(places))
        if draw(st.booleans()):  # something else where a number or a key stands
            parts = path.split("/")
            parts[draw(st.integers(1, max(1, len(parts) - 2)))] = hostile.quote_from_bytes(
                draw(hostile.values)
            )
            path = "/".join(parts)
        names = st.sampled_from(
            ["q", "after", "version", "next", "sort", "case", "state", "words", "zq7[]", "draft"]
        )
        pairs = draw(st.lists(st.tuples(names, hostile.values), max_size=3))
        body = draw(st.one_of(st.sampled_from(hostile.BODIES), st.binary(max_size=80)))
        more = dict(draw(st.sampled_from(hostile.HEADERS)))
        length = {"CONTENT_LENGTH": more.pop("Content-Length")} if "Content-Length" in more else {}
        with nothing_left(client):
            response = client.generic(
                draw(st.sampled_from(METHODS)), f"{path}?{hostile.urlencoded(pairs).decode()}", body,
                content_type=draw(st.sampled_from(hostile.KINDS)), headers=more, **length,
            )  # fmt: skip
            if path == "/readyz":
                return  # 503 where no worker runs
            assert_tame(response, (path, pairs, body[:80], more))

    hostile_requests()
