"""What processes have used: CPU from /proc/<pid>/stat, memory from smaps_rollup."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

TICKS = os.sysconf("SC_CLK_TCK")
Trees = Mapping[str, list[psutil.Process]]  # by name: the process at the top of each


@dataclass(frozen=True)
class Meter:
    """The CPU of some process trees, in milliseconds since they began."""

    trees: Trees

    def read(self) -> dict[str, float]:
        """By name of the tree. A child that has ended counts through the parent that reaped it."""
        return {
            name: sum(_cpu_ms(pid) for pid in _pids(roots)) for name, roots in self.trees.items()
        }


def _pids(roots: Iterable[psutil.Process]) -> set[int]:
    found = set()
    for root in roots:
        try:
            found |= {root.pid, *(child.pid for child in root.children(recursive=True))}
        except psutil.NoSuchProcess:
            continue
    return found


def _cpu_ms(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it has just ended
        return 0.0
    fields = stat.rpartition(")")[2].split()
    ticks = sum(int(fields[n]) for n in (11, 12, 13, 14))  # utime, stime, and of ended children
    return ticks * 1000 / TICKS


def memory_mb(trees: Trees) -> dict[str, float]:
    """Proportional memory (PSS) by tree, in MB of a million bytes; RSS where PSS cannot be read."""
    return {name: sum(_bytes(pid) for pid in _pids(roots)) / 1e6 for name, roots in trees.items()}


def _bytes(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except PermissionError:
        return int(psutil.Process(pid).memory_info().rss)
    except OSError:
        pass
    return 0
