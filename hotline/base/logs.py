"""Log lines for programs: what happened, in which request or job, and nothing of any person.

An exception's own text may quote a row, a form or an address, so of an exception only its class, its
place in the code and the database's codes are written. Every other text has what looks like personal
data blacked out, and what Django would say of an address is said of the address's name.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from hotline.base.masking import redact

request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[int | None] = ContextVar("job_id", default=None)

LONGEST = 2000
FRAMES = 12
# Whose text names code, never what somebody typed.
OF_CODE = (ImportError, AttributeError, NameError)
UNSAFE = ("django.request", "django.security", "django.server")  # they quote addresses and headers


class Line(logging.Formatter):
    """One line of JSON for each record."""

    def format(self, record: logging.LogRecord) -> str:
        facts = self.facts(record)
        return json.dumps(
            {k: v for k, v in facts.items() if v not in (None, "")}, ensure_ascii=False
        )

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        """What is told of a record; empty parts are left out of the line."""
        job = getattr(record, "job", None)
        return {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "words": _words(record),
            "request": request_id.get(),
            "job": job.get("id") if isinstance(job, dict) else job_id.get(),
            **_address(record),
            "error": _error(record.exc_info),
        }


class Words(Line):
    """The same for the eyes of whoever sits at the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        facts = self.facts(record)
        error = facts.pop("error")
        head = " ".join(str(facts.pop(name)) for name in ("at", "level", "logger", "words"))
        more = " ".join(
            f"{name}={value}" for name, value in facts.items() if value not in (None, "")
        )
        lines = [f"{head} {more}".strip()]
        if error:
            lines += [f"  {error['class']}: {error.get('words') or error.get('code') or '…'}"]
            lines += [f"    {place}" for place in error["places"]]
        return "\n".join(lines)


def _words(record: logging.LogRecord) -> str:
    if record.name.startswith(UNSAFE):
        return record.name
    try:
        words = record.getMessage()
    except (TypeError, ValueError):  # its words and its values do not fit
        words = str(record.msg)
    return redact(words)[:LONGEST]


def _address(record: logging.LogRecord) -> dict[str, Any]:
    """Of a request that Django speaks of: the address's name and the answer, not the address."""
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    return {
        "route": getattr(match, "view_name", None) or getattr(record, "route", None),
        "method": getattr(request, "method", None) if request else None,
        "status": getattr(record, "status_code", None),
        "milliseconds": getattr(record, "milliseconds", None),
    }


def _error(told: Any) -> dict[str, Any] | None:
    if not (isinstance(told, tuple) and told[1] is not None):
        return None
    error: BaseException = told[1]
    facts: dict[str, Any] = {"class": _class(error), "places": _places(error.__traceback__)}
    if isinstance(error, OF_CODE):
        facts["words"] = redact(str(error))[:LONGEST]
    cause = error.__cause__ or error.__context__
    for one in (error, cause):
        code = getattr(one, "sqlstate", None)
        if code:  # the database's own codes and names: which rule, never which row
            diag = getattr(one, "diag", None)
            facts["code"] = code
            facts["rule"] = getattr(diag, "constraint_name", None)
            facts["table"] = getattr(diag, "table_name", None)
    if cause is not None:
        facts["because"] = _class(cause)
    return {name: value for name, value in facts.items() if value}


def _class(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _places(where: TracebackType | None) -> list[str]:
    """Where it went through, the latest last; lines of code say no values."""
    frames = traceback.extract_tb(where)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
