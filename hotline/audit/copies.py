"""Seals as files, for keeping where whoever runs the database cannot reach them.

``seal-000007.json`` is small and is all that is needed to see that a seal was replaced;
``seal-000007.leaves.json`` beside it names the rows even where the database's leaves were rewritten.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

from hotline.audit import keys
from hotline.audit.models import Leaves, Seal
from hotline.audit.verifying import Kept

KEY_FILE = "history.pub"


def written(seal: Seal) -> str:
    """A seal as the text of its file."""
    said = {"body": seal.body, "signature": seal.signature}
    return json.dumps(said, indent=1, sort_keys=True) + "\n"


def export(folder: Path) -> int:
    """Write every seal that is not there yet, with the public key; how many. Nothing is overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / KEY_FILE
    if not key.exists():
        key.write_text(f"{keys.public()}\n")
    count = 0
    for seal in Seal.objects.order_by("number").iterator(chunk_size=50):
        path = folder / f"seal-{seal.number:06d}.json"
        if not path.exists():
            path.with_suffix(".leaves.json").write_text(_leaves(seal))
            path.write_text(written(seal))
            count += 1
    return count


def _leaves(seal: Seal) -> str:
    found: dict[str, bytes] = {}
    rows = Leaves.objects.filter(seal=seal).order_by("table", "part").values_list("table", "data")
    for table, data in rows.iterator(chunk_size=4):
        found[table] = found.get(table, b"") + bytes(data)
    return json.dumps({table: b64encode(data).decode() for table, data in found.items()})


class Copies:
    """The seals of a folder, each read when it is asked for. Raises ValueError for a file that is none."""

    def __init__(self, folder: Path) -> None:
        self._paths = {
            int(path.stem.removeprefix("seal-")): path
            for path in sorted(folder.glob("seal-[0-9]*.json"))
            if not path.name.endswith(".leaves.json")
        }
        self.keys = [path.read_text().strip() for path in sorted(folder.glob("*.pub"))]

    def __iter__(self) -> Iterator[int]:
        return iter(self._paths)

    def get(self, number: int) -> Kept | None:
        path = self._paths.get(number)
        if path is None:
            return None
        said = json.loads(path.read_text())
        leaves = path.with_suffix(".leaves.json")
        kept = json.loads(leaves.read_text()) if leaves.exists() else {}
        return Kept(
            said["body"], said["signature"], {t: b64decode(data) for t, data in kept.items()}
        )
