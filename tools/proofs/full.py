"""A real disk fills up under load: nearly, then to the last byte; then there is room again.

``make full`` (FULL_SECONDS=20 FULL_SEED=1), as root: it mounts a small file system in memory. Fails
with a list of what is wrong.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tools.bench.standin import Counting
from tools.proofs.crash import Proof
from tools.proofs.installation import Installation

MB = 1024 * 1024
SIZE_MB, RESERVE_MB = 400, 60
CALLERS = 4
SETTLED = 15
LOOKS_SECONDS = 8  # until every process has looked at the disk again


def main() -> int:
    if os.geteuid() != 0:
        print(
            "Only root may mount a file system. tests/doors/test_kept.py shows the rest without one."
        )
        return 2
    seconds = float(os.environ.get("FULL_SECONDS") or 20)
    seed = int(os.environ.get("FULL_SEED") or random.SystemRandom().randrange(10_000))
    print(f"seed {seed}: a disk of {SIZE_MB} MB, {CALLERS} callers", flush=True)
    with small_disk() as disk, Counting(0.02) as gateway:
        reserve = {"HOTLINE_NOTICES": "live", "HOTLINE_DISK_RESERVE_MB": str(RESERVE_MB)}
        with Installation(disk / "home", **reserve) as there:
            rng = random.Random(seed)  # noqa: S311 - a repeatable one is wanted
            found = Full(there, gateway, rng, CALLERS).run(seconds)
            if found:
                print(f"\n{len(found)} faults; the notes stay: {there.notes}")
                print("\n".join(found[:40]))
                raise SystemExit(1)
    print("nothing that was acknowledged is missing, and all went on by itself")
    return 0


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of its own, thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hotline-full-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", folder], check=True)
    try:
        folder.chmod(0o755)
        (folder / "home").mkdir()
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)
        folder.rmdir()


class Full(Proof):
    """The same callers and the same comparison; a disk that fills up instead of blows."""

    faults: list[str]

    def _strike(self, seconds: float) -> Counter[str]:
        self.faults, ballast = [], self._there.home.parent / "ballast"
        time.sleep(SETTLED)
        free = shutil.disk_usage(self._there.home).free
        _write(ballast, free - (RESERVE_MB - 20) * MB)
        time.sleep(LOOKS_SECONDS)
        self._say("nearly full", reads={200}, writes={503}, ready={503})
        time.sleep(seconds)
        _write(ballast.with_name("more"), SIZE_MB * MB)
        time.sleep(seconds)
        self._say("full to the last byte", reads={200, 503}, writes={503}, ready={503})
        for path in (ballast, ballast.with_name("more")):
            path.unlink()
        took = self._there.until_ready()
        print(f"room again: pages after {took:.1f} s", flush=True)
        time.sleep(SETTLED)
        self._say("room again", reads={200}, writes={200, 403, 422}, ready={200, 503})
        time.sleep(seconds)
        return Counter({"a full disk": 1})

    def _say(self, when: str, *, reads: set[int], writes: set[int], ready: set[int]) -> None:
        url, told = self._there.url, dict[str, int]()
        for what, path, right in (("reading", "/portal/", reads), ("ready", "/readyz", ready)):
            told[what] = self._there.status(path)
            if told[what] not in right:
                self.faults.append(f"{when}: {what} was answered {told[what]}")
        with suppress(httpx.HTTPError):
            told["writing"] = httpx.post(
                f"{url}/requests/new/", data={"body": "x"}, trust_env=False, timeout=30
            ).status_code
        if told.get("writing") not in writes:
            self.faults.append(f"{when}: writing was answered {told.get('writing')}")
        left = shutil.disk_usage(self._there.home).free / MB
        print(f"{when}: {left:.0f} MB left; {told}", flush=True)

    def _compare(self, counts: Counter[str], recovered: float) -> list[str]:
        return super()._compare(counts, recovered) + self.faults


def _write(path: Path, size: int) -> None:
    """So many bytes, or as many as there is room for."""
    block = b"\0" * MB
    with suppress(OSError), path.open("wb", buffering=0) as file:
        for _ in range(size // MB):
            file.write(block)
        file.write(block[: size % MB])
    with suppress(OSError), path.open("ab", buffering=0) as file:
        while size >= SIZE_MB * MB and file.write(block[:512]):
            pass


if __name__ == "__main__":
    sys.exit(main())
