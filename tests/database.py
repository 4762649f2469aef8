"""An early plugin: a PostgreSQL for the tests, before Django reads its settings.

With DATABASE_URL, that server; without, the embedded one in a data folder of the tests' own,
which every test process shares and the last one stops.
"""

import os
from pathlib import Path

HOME = Path(
    os.environ.get("HOTLINE_TEST_HOME") or Path(__file__).resolve().parent.parent / "var" / "test"
)
os.environ["HOTLINE_HOME"] = str(HOME)
os.environ.setdefault("HOTLINE_SECRET_KEY", "tests need no secret that lasts")
if not os.environ.get("DATABASE_URL"):
    from config.embedded import Embedded

    os.environ["DATABASE_URL"] = Embedded(HOME, durable=False).start()
