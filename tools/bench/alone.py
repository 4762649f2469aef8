"""A database of its own for one measurement, in a folder that is thrown away."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import Embedded


@contextmanager
def own_database() -> Iterator[None]:
    """Start it, and Django with it: import what is ours inside."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as temporary:
        Path(temporary).chmod(0o755)  # the embedded server may run as another user
        os.environ["HOTLINE_HOME"] = temporary
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        embedded = Embedded(Path(temporary))
        os.environ["DATABASE_URL"] = embedded.start()
        import django  # noqa: PLC0415 - only now are the settings known

        django.setup()
        try:
            yield
        finally:
            embedded.release()
