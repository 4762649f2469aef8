"""Known weaknesses in what is locked: uv.lock by pip-audit, package-lock.json by npm. Run by `make audit`.

Exit code 0: all was looked up and nothing is known. 1: something is known, and not accepted in
tools/audit-accepted.toml. 3: the network did not tell of everything, so nothing can be said.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = Path(__file__).parent / "audit-accepted.toml"
BIN = Path(sys.executable).parent
CLEAN, FOUND, UNTOLD = 0, 1, 3
MOST_SECONDS = 600


class Weakness(NamedTuple):
    """One advisory about one package; ``names`` are all the identifiers that it goes by."""

    package: str
    names: frozenset[str]
    words: str


class Untold(Exception):
    """The service that knows did not answer for everything; the text says of what."""


def of_python(report: dict[str, Any]) -> Iterator[Weakness]:
    """What pip-audit reports. Raises Untold for packages it could not look up: it calls that a success."""
    skipped = [row["name"] for row in report["dependencies"] if "skip_reason" in row]
    if skipped:
        raise Untold(f"{len(skipped)} Python packages, {skipped[0]} among them")
    for row in report["dependencies"]:
        for known in row["vulns"]:
            names = frozenset([known["id"], *known.get("aliases", [])])
            mended = ", ".join(known.get("fix_versions", [])) or "none yet"
            yield Weakness(row["name"], names, f"{row['version']}, mended in: {mended}")


def of_node(report: dict[str, Any]) -> Iterator[Weakness]:
    """What npm reports. Raises Untold when the registry answers no such question."""
    if "vulnerabilities" not in report:
        raise Untold(f"the front-end packages: {report.get('message', 'no report')}")
    for name, row in report["vulnerabilities"].items():
        for known in row["via"]:
            if isinstance(known, dict):  # a text names another package of the same report
                advisory = known["url"].rpartition("/")[2]
                yield Weakness(
                    name, frozenset([advisory]), f"{known['severity']}: {known['title']}"
                )


def accepted(text: str, on: date) -> dict[str, str]:
    """Which advisories are accepted that day, and why."""
    rows = tomllib.loads(text).get("accepted", [])
    return {row["id"]: row["reason"] for row in rows if row["until"] >= on and row["reason"]}


def _told(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    try:
        report = json.loads(done.stdout)
    except ValueError as error:
        last = (done.stderr.strip() or "no answer").splitlines()[-1]
        raise Untold(f"{Path(command[0]).name}: {last}") from error
    return dict(report)


def _python() -> Iterator[Weakness]:
    """Every locked package of every group: tools that only developers run count too."""
    locked = subprocess.run(
        [BIN / "uv", "export", "--frozen", "--quiet", "--all-groups", "--no-emit-project"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    listed = ROOT / "var" / "audit.txt"
    listed.parent.mkdir(exist_ok=True)
    listed.write_text(locked)
    command = [str(BIN / "pip-audit"), "--require-hashes", "--disable-pip", "-r", str(listed)]
    yield from of_python(_told([*command, "--format", "json", "--progress-spinner", "off"]))


def _node() -> Iterator[Weakness]:
    yield from of_node(_told(["npm", "audit", "--package-lock-only", "--json"]))


def main() -> int:
    known = accepted(ACCEPTED.read_text(), datetime.now(UTC).date())
    code = CLEAN
    for source, look in (("uv.lock", _python), ("package-lock.json", _node)):
        try:
            found = list(look())
        except Untold as missing:
            print(f"{source}: NOT LOOKED UP ({missing}). The network did not tell.")
            code = max(code, UNTOLD) if code != FOUND else FOUND
            continue
        for weakness in found:
            reason = next((known[name] for name in weakness.names if name in known), "")
            mark = f"accepted: {reason}" if reason else "NOT ACCEPTED"
            print(
                f"{source}: {weakness.package} {' '.join(sorted(weakness.names))} ({weakness.words}) {mark}"
            )
            code = code if reason else FOUND
        print(f"{source}: {len(found)} known")
    return code


if __name__ == "__main__":
    sys.exit(main())
