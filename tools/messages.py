"""Bring the catalogues of translations up to date: Chinese is the source, English the first of them.

Extracts every text that a person sees from Python and from templates (in pure Python: no
gettext programs are needed), and merges it into hotline/locale/en/LC_MESSAGES/django.po.
With --check, writes nothing and fails when a text has no translation or one has no text.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "hotline"
LANGUAGES = ("en",)
KEYWORDS = (
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext",
    "pgettext_lazy",
)  # fmt: skip
STRING = r"(?:u?'(?:\\.|[^'\\])*'|u?\"(?:\\.|[^\"\\])*\")"
CALL = re.compile(rf"(?<!\w)(?:[np]*gettext|_)\(\s*{STRING}(?:\s*,\s*(?:{STRING}|\w+))*\s*\)")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "# English of the hotline platform. Chinese (zh-Hans) is the source language."


def main() -> int:
    settings.configure(USE_I18N=True)
    django.setup()
    found = collect()
    check = "--check" in sys.argv
    problems = [
        problem for language in LANGUAGES for problem in bring_up(language, found, check=check)
    ]
    for problem in problems:
        print(problem)
    return int(bool(problems))


def collect() -> Catalog:
    """Every text in the sources, with the files that use it."""
    catalog = Catalog(locale="zh_Hans", charset="utf-8", creation_date=BEGAN)
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]):
        if "migrations" not in path.parts:
            for text, context in texts_of(path):
                catalog.add(text, locations=[(str(path.relative_to(ROOT)), 0)], context=context)
    return catalog


def texts_of(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    source = path.read_text()
    if path.suffix == ".html":  # what templatize leaves between the calls is no Python
        matches = CALL.finditer(templatize(source, origin=str(path)))
        source = "\n".join(call.group().strip() for call in matches)
    calls = extract_python(
        io.BytesIO(source.encode()), dict.fromkeys(KEYWORDS), [], {"encoding": "utf-8"}
    )
    for call in calls:
        yield from read_call(str(call[1]), call[2])


def read_call(function: str, found: Any) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """The text of one call: with its plural, with its context."""
    words = [word for word in ([found] if isinstance(found, str) else found) if word]
    context = words.pop(0) if function.startswith("pgettext") else None
    if words:
        plural = function.startswith("ngettext")
        yield (words[0], words[1]) if plural else words[0], context


def bring_up(language: str, found: Catalog, *, check: bool) -> list[str]:
    """Merge what was found into one language; what is missing or no longer used, in words."""
    path = SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"
    known = read(path, language)
    old = {message.id for message in known if message.id}
    new = {message.id for message in found if message.id}
    known.update(found, no_fuzzy_matching=True)
    known.obsolete.clear()
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            write_po(
                target, known, width=100, omit_header=False, sort_output=True, no_location=True
            )
        return []
    missing = [
        f"{language}: no translation of {m.id!r}" for m in known if m.id and not done(m.string)
    ]
    fuzzy = [f"{language}: fuzzy: {m.id!r}" for m in known if m.id and m.fuzzy]
    return (
        missing
        + fuzzy
        + [f"{language}: no longer used: {text!r}" for text in sorted(map(str, old - new))]
    )


def read(path: Path, language: str) -> Catalog:
    """The catalogue of a language; its header says what does not change from day to day."""
    catalog = Catalog(locale=language, charset="utf-8")
    if path.exists():
        with path.open("rb") as source:
            catalog = read_po(source, locale=language)
    catalog.fuzzy, catalog.project, catalog.version = False, "hotline", "1"
    catalog.header_comment, catalog.msgid_bugs_address = HEADER, ""
    catalog.last_translator = catalog.language_team = ""
    catalog.creation_date = catalog.revision_date = BEGAN
    return catalog


def done(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
