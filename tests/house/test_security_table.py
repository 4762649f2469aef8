"""docs/security.md says nothing that is not there, and leaves no requirement out."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("| \n").split("|")]
    for line in PAGE.splitlines() if re.match(r"\| V\d", line)
]  # fmt: skip
WORDS = {"met", "partly", "gap", "school", "none"}


def levels():
    lines = (ROOT / "docs" / "asvs-5.0.0.txt").read_text().splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))


def test_every_requirement_of_both_levels_stands_there_once_with_its_level():
    told = [(name, row[1]) for row in ROWS for name in row[0].split(", ")]
    assert sorted(told) == sorted(levels().items())
    assert len(levels()) == 254


def test_each_has_a_word_and_what_is_met_says_where():
    for row in ROWS:
        assert row[3] in WORDS, row
        where = row[4] if len(row) > 4 else ""
        assert row[3] not in {"met", "partly"} or "`" in where or "[above]" in where or "](" in where or len(where) > 30, row  # fmt: skip
        assert row[3] not in {"gap", "partly", "school"} or len(where) > 20, row


def test_every_file_and_test_that_is_named_exists():
    named = re.findall(r"`((?:hotline|tests|config|docs|tools)/[\w./-]+|[\w-]+\.(?:lock|toml|json))(?:::(\w+))?`", PAGE)  # fmt: skip
    assert len(named) > 150
    for path, test in named:
        assert (ROOT / path).exists(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(), test


def test_our_scripts_make_no_markup_of_text():
    """Nor keep anything in the browser, nor run or merge what comes from elsewhere."""
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage|sessionStorage"
        r"|indexedDB|postMessage|__proto__|Object\.assign|importScripts"
    )
    ours = [p for p in (ROOT / "hotline").rglob("*.js") if "vendor" not in p.parts]
    assert ours
    for path in ours:
        assert not forbidden.search(path.read_text()), path
