"""Filling {to} {text} {ref} into what a gateway wants, so that no text can become structure.

A JSON body is read as JSON first and filled only inside its strings; a form and the query
of an address are taken apart first and encoded after. A text that holds quotes, ``&`` or
``{secret}`` stays a text: what was filled in is never looked at again.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

PLACE = re.compile(r"\{(\w+)\}", re.ASCII)


def places(template: str) -> set[str]:
    """The names in braces that the template mentions."""
    return set(PLACE.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Each {name} replaced once; a name that is not known stays as it is."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), template)


def fill_json(template: str, values: Mapping[str, str]) -> bytes:
    """The JSON with its strings filled; raises ValueError where the template is no JSON."""
    return json.dumps(_filled(json.loads(template), values), ensure_ascii=False).encode()


def fill_form(template: str, values: Mapping[str, str], *, charset: str) -> bytes:
    """``a=1&b={text}``, or one pair a line, filled and percent-encoded in the charset."""
    pairs = parse_qsl("&".join(template.split("\n")), keep_blank_values=True)
    return urlencode(
        [(name.strip(), fill(value.strip(), values)) for name, value in pairs], encoding=charset
    ).encode()


def fill_url(template: str, values: Mapping[str, str], *, charset: str) -> str:
    """The address with its query filled; the rest of it is never a matter of the message."""
    parts = urlsplit(template)
    return urlunsplit(
        parts._replace(query=fill_form(parts.query, values, charset=charset).decode())
    )


def fill_headers(template: str, values: Mapping[str, str]) -> dict[str, str]:
    """``Name: value`` lines; raises ValueError for what would start a line of its own."""
    headers = {}
    for line in filter(str.strip, template.splitlines()):
        name, colon, value = line.partition(":")
        value = fill(value.strip(), values)
        if not colon or not re.fullmatch(r"[A-Za-z0-9-]+", name.strip()):
            raise ValueError(name)
        if not (value.isascii() and value.isprintable()):
            raise ValueError(name)
        headers[name.strip()] = value
    return headers


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if isinstance(value, dict):
        return {name: _filled(each, values) for name, each in value.items()}
    return value
