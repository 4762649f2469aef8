"""A person's data as files in a ZIP: JSON for machines, a page to read, a table of requests, and the files."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import PurePath
from typing import IO, Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hotline.base.sheets import neutral
from hotline.rights.portrait import Row

COLUMNS = ("number", "state", "category", "title", "submitted", "closed", "handled_by", "answer")
PAGE = SafeString(
    '<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title><h1>{}</h1>{}</html>'
)


class Package:
    """A ZIP that is written a piece at a time; a file is never held in memory whole."""

    def __init__(self, target: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)

    def file(self, path: str, pieces: Iterable[bytes]) -> None:
        """One of the person's own files, as it is: most are compressed already."""
        info = zipfile.ZipInfo(path)
        info.compress_type = zipfile.ZIP_STORED
        with self._zip.open(info, "w", force_zip64=True) as target:
            for piece in pieces:
                target.write(piece)

    def close(self, told: Row, language: str) -> None:
        """The three ways of reading it, and the end."""
        title = _("我的个人信息")
        self._zip.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1))
        self._zip.writestr("requests.csv", _table(told.get("requests", [])))
        self._zip.writestr("index.html", format_html(PAGE, language, title, title, _html(told, 2)))
        self._zip.close()


def inside(number: str, name: str, taken: set[str]) -> str:
    """Where a file lies in the package: no path of its own, and no two alike."""
    plain = PurePath(name.replace("\\", "/")).name.lstrip(".") or "file"
    path, count = f"files/{number}/{plain}", 1
    while path in taken:
        count += 1
        path = f"files/{number}/{count}-{plain}"
    taken.add(path)
    return path


def _table(rows: Iterable[Row]) -> str:
    target = io.StringIO()
    target.write("\ufeff")  # so that a spreadsheet reads it as UTF-8
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([neutral(str(row.get(name, ""))) for name in COLUMNS])
    return target.getvalue()


def _html(value: Any, level: int) -> SafeString:
    """Any of it as a page: everything escaped, lists as lists, what is empty left out."""
    if isinstance(value, dict):
        shown = (
            (key, _html(each, level + 1)) for key, each in value.items() if each not in ("", [], {})
        )
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", shown))
    if isinstance(value, list):
        return format_html(
            "<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((_html(x, level),) for x in value))
        )
    return format_html("{}", str(value))
