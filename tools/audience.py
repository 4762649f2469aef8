"""Write the audience table of docs/notices.md anew from the program: ``python tools/audience.py``."""

import os
from collections.abc import Iterator
from pathlib import Path

import django

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "notices.md"
HEAD = "| step | who | words and ways |\n|---|---|---|\n"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    before, _head, _rows = DOCUMENT.read_text().partition(HEAD)
    DOCUMENT.write_text(before + HEAD + "".join(lines()))


def lines() -> Iterator[str]:
    """One line for whoever is told of a step, or for why nobody is."""
    from hotline.notices.audience import AUDIENCE, Nobody, Telling  # noqa: PLC0415

    def ways(telling: Telling) -> str:
        between = " + " if telling.every_channel else " → "
        night = ", at night too" if telling.urgent else ""
        when = f" (if {telling.only_if})" if telling.only_if else ""
        return between.join(telling.ladder) + night + when

    for verb, row in AUDIENCE.items():
        if isinstance(row, Nobody):
            yield f"| `{verb}` | nobody: {row.because} | |\n"
            continue
        for telling in row:
            whom = telling.whom.lower().replace("_", " ")
            yield f"| `{verb}` | {whom} | `{telling.template}` {ways(telling)} |\n"


if __name__ == "__main__":
    main()
