"""Whether there is a request, a file, an order or a message is told to nobody who may not see it.

What an outsider gets for a real number is what they get for one that there is not, byte by byte, by every
method and with whatever headers; and no method brings anything else out.
"""

import re
from itertools import zip_longest

import pytest
from django.test import Client

from hotline.cases.numbers import written
from hotline.notices.models import Message
from tests.doors.addresses import addresses
from tests.doors.people import client_of, signed_in
from tests.doors.test_strangers import EVERYTHING, PERSON, outsider, text_of
from tests.make import a_user

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
CONDITIONS = {
    "If-None-Match": "*", "If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT", "Range": "bytes=0-9",
    "HX-Request": "true",
}  # fmt: skip
NOWHERE = (
    written("2606", 9999),
    "z" * 43,
    987_654_321,
)  # a number with its check digit, a key, an id


def twins(case):
    """Addresses of what there is, and the same of what there is not; what both have in common."""
    number, key, pk = NOWHERE
    ids = {case.orders.get(part="LEAD").pk, case.remarks.filter(kind="SUPPLEMENT").get().pk}
    ids |= set(Message.objects.filter(case=case).values_list("pk", flat=True))
    sheets = set(case.instructions.values_list("number", flat=True))
    told = {case.number: number, case.attachments.get().key: key, **dict.fromkeys(map(str, ids), str(pk)),
            **dict.fromkeys(sheets, "PS2606-999")}  # fmt: skip
    for name, path in addresses(case):
        parts = path.split("/")
        other = "/".join(told.get(part, part) for part in parts)
        if other != path and not name.startswith(("desk:admin", "desk:roster")):
            yield name, path, other


def outcome(response, path):
    """All that is told, but for what was asked and what is new with each answer."""
    text = re.sub(r"\b[0-9a-f]{32}\b", "…", text_of(response))
    text = re.sub(r'(csrfmiddlewaretoken" value=")\w+', r"\1", text)
    text = re.sub(r"Content-Length: \d+", "", text)  # of a page that repeats what was asked
    for word in (path, *(part for part in path.split("/") if part[:2] in {"RX", "PS"})):
        text = text.replace(word, "…")  # an error page's own forms lead back here
    return response.status_code, text


def differing(one, other):
    """The first lines that differ; nothing when none does."""
    return [
        pair for pair in zip_longest(one.splitlines(), other.splitlines()) if pair[0] != pair[1]
    ][:2]


@pytest.mark.parametrize("who", ["anonymous", "student", "R5 of another unit", "R12", "R13A"])
def test_what_there_is_looks_like_what_there_is_not(who, canary):
    client = outsider(who)
    for name, path, other in twins(canary):
        for method, headers in (("GET", {}), ("GET", CONDITIONS), ("POST", {})):
            told = []
            for at in (path, other):
                client.cookies.pop("messages", None)  # what was done before is said once
                told.append(outcome(client.generic(method, at, headers=headers), at))
            assert told[0][0] == told[1][0], (name, method, told[0][0], told[1][0])
            assert not differing(told[0][1], told[1][1]), (
                name,
                method,
                differing(told[0][1], told[1][1]),
            )


@pytest.mark.parametrize("who", ["anonymous", "student", "R5 of another unit", "R13", "R13A"])
def test_no_method_and_no_condition_brings_anything_out(who, canary):
    client = outsider(who)
    hidden = [c for c in EVERYTHING if not (who == "R13" and c in PERSON)]
    for name, path in addresses(canary):
        for method in METHODS[1:]:
            if name in {"ui:sign_out", "ui:language"} and method == "POST":
                continue
            response = client.generic(method, path, headers=CONDITIONS)
            assert response.status_code < 500 or name == "ui:ready", (name, method)
            assert not [c for c in hidden if c in text_of(response)], (name, method)


def test_a_unit_is_told_nothing_by_what_an_answer_weighs_or_when_it_was_written(canary):
    """No page has a validator, so that none is answered 304: whether something changed is no secret kept."""
    for client in (Client(), signed_in(a_user()), client_of("R5", of="houqin"), client_of("R3")):
        for name, path in addresses(canary):
            response = client.get(path, headers=CONDITIONS)
            assert response.status_code not in {206, 304}, name
            assert not {"ETag", "Last-Modified"} & set(response.headers), name
            response.streaming and b"".join(response.streaming_content)


def test_a_crash_tells_nobody_what_was_at_hand(canary, monkeypatch):
    def failing(*_args, **_more):
        raise ValueError(" ".join(EVERYTHING))

    monkeypatch.setattr("hotline.cases.queries.visible", failing)
    for client in (signed_in(a_user()), client_of("R3"), client_of("R5", of="houqin")):
        client.raise_request_exception = False
        answers = [client.get(path) for _name, path in addresses(canary)]
        crashed = [answer for answer in answers if answer.status_code == 500]
        assert all(not [c for c in EVERYTHING if c in text_of(answer)] for answer in crashed)
    assert client.get(f"/requests/{canary.number}/").status_code == 500  # the last one met it


def test_the_comparison_would_tell(canary):
    """The requester, who may see it, does get another answer."""
    mine, (number, _key, _pk) = signed_in(canary.owner), NOWHERE
    real, none = f"/requests/{canary.number}/", f"/requests/{number}/"
    assert outcome(mine.get(real), real) != outcome(mine.get(none), none)
    assert {name for name, *_ in twins(canary)} >= {
        "portal:request",
        "desk:case",
        "desk:order",
        "ui:file",
        "ui:message",
    }


TREE = (
    ".git/config", ".git/HEAD", ".env", "config/settings.py", "var/secret_key", "static/", "static/../config/settings.py",
    "static/%2e%2e/config/settings.py", "files/", "uv.lock", "static/ui/", "server-status", "debug/", "admin/../.git/config",
)  # fmt: skip


@pytest.mark.parametrize("path", TREE)
def test_nothing_of_the_tree_is_served(path):
    """No source, no secret, no listing; and no TRACE, which would give a cookie back."""
    assert Client().get(f"/{path}").status_code in {302, 400, 404}
    assert Client().trace("/portal/").status_code == 405
