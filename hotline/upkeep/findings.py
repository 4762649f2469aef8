"""Findings: what was looked at, how it stands, and what to do about it, in words for an operator."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise


class Level(TextChoices):
    """How something stands. WRONG wants somebody now, LOOK wants somebody this week."""

    GOOD = "GOOD", pgettext_lazy("finding", "正常")
    LOOK = "LOOK", pgettext_lazy("finding", "留意")
    WRONG = "WRONG", pgettext_lazy("finding", "异常")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``code`` stays the same from release to release."""

    code: str
    level: Level
    name: Words
    words: Words
    todo: Words = ""


@dataclass(frozen=True)
class Asked:
    """When, and what an operator adds: an address that tells the time, whether to reach out at all."""

    at: datetime
    clock_url: str = ""
    reach_out: bool = field(default=True)


def good(code: str, name: Words, words: Words) -> Finding:
    return Finding(code, Level.GOOD, name, words)


def look(code: str, name: Words, words: Words, todo: Words) -> Finding:
    return Finding(code, Level.LOOK, name, words, todo)


def wrong(code: str, name: Words, words: Words, todo: Words) -> Finding:
    return Finding(code, Level.WRONG, name, words, todo)


def graded(
    code: str, name: Words, words: Words, todo: Words, *, bad: bool, doubtful: bool = False
) -> Finding:
    """WRONG where it is ``bad``, LOOK where it is ``doubtful``, else GOOD."""
    if bad or doubtful:
        return Finding(code, Level.WRONG if bad else Level.LOOK, name, words, todo)
    return good(code, name, words)


def examine(asked: Asked) -> list[Finding]:
    """Look at everything. What cannot be asked while the database is away is one finding, not a crash."""
    from hotline.upkeep import engine, flow, host, outside  # noqa: PLC0415 - they build findings

    found = [*host.findings(asked), *outside.findings(asked)]
    try:
        found += [*engine.findings(asked), *flow.findings(asked)]
    except DatabaseError:
        found.append(wrong("database", _("数据库"), _("数据库没有应答"),
                           _("启动数据库，检查 DATABASE_URL；平台会自行恢复。")))  # fmt: skip
    return found


def worst(found: list[Finding]) -> Level:
    levels = {finding.level for finding in found}
    return next((level for level in (Level.WRONG, Level.LOOK) if level in levels), Level.GOOD)


Found = Iterator[Finding]
