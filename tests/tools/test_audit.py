"""`make audit` never takes silence for good news."""

from datetime import date

import pytest

from tools import audit
from tools.audit import CLEAN, FOUND, UNTOLD, Untold, Weakness, accepted, of_node, of_python

SOUND = {"name": "django", "version": "5.2.1", "vulns": []}
WEAK = SOUND | {
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1", "GHSA-1"], "fix_versions": ["5.2.2"]}]
}
UNKNOWN = {"name": "django", "skip_reason": "Dependency not found on PyPI and could not be audited"}
NPM = {"vulnerabilities": {"htmx.org": {"via": ["other", {
    "url": "https://github.com/advisories/GHSA-2", "severity": "high", "title": "Something",
}]}}}  # fmt: skip


def test_what_could_not_be_looked_up_is_said_and_is_not_called_sound():
    assert list(of_python({"dependencies": [SOUND]})) == []
    with pytest.raises(Untold):
        list(of_python({"dependencies": [SOUND, UNKNOWN]}))
    with pytest.raises(Untold):
        list(of_node({"message": "405 Method Not Allowed"}))


def test_an_advisory_is_known_by_all_its_names():
    assert list(of_python({"dependencies": [WEAK]})) == [
        Weakness("django", frozenset({"PYSEC-1", "CVE-1", "GHSA-1"}), "5.2.1, mended in: 5.2.2")
    ]
    assert [w.names for w in of_node(NPM)] == [frozenset({"GHSA-2"})]


def test_it_is_accepted_with_a_reason_and_for_a_time():
    text = '[[accepted]]\nid = "CVE-1"\nreason = "not here"\nuntil = 2026-12-31\n'
    assert accepted(text, date(2026, 12, 31)) == {"CVE-1": "not here"}
    assert accepted(text, date(2027, 1, 1)) == {}
    assert accepted(text.replace("not here", ""), date(2026, 1, 1)) == {}


@pytest.mark.parametrize(
    ("python", "node", "text", "code"),
    [
        ([SOUND], {"vulnerabilities": {}}, "", CLEAN), ([WEAK], {"vulnerabilities": {}}, "", FOUND),
        ([UNKNOWN], {"vulnerabilities": {}}, "", UNTOLD), ([UNKNOWN], NPM, "", FOUND), ([WEAK], {}, "", FOUND),
        ([WEAK], {"vulnerabilities": {}}, '[[accepted]]\nid = "CVE-1"\nreason = "x"\nuntil = 9999-01-01\n', CLEAN),
    ],
)  # fmt: skip
def test_the_exit_code_tells_findings_from_silence(monkeypatch, tmp_path, python, node, text, code):
    (tmp_path / "a.toml").write_text(text)
    monkeypatch.setattr(audit, "ACCEPTED", tmp_path / "a.toml")
    monkeypatch.setattr(audit, "_python", lambda: of_python({"dependencies": python}))
    monkeypatch.setattr(audit, "_node", lambda: of_node(node))
    assert audit.main() == code
