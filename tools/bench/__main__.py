"""Fill a database of its own, start the service on it, measure, print: see docs/performance.md."""

import argparse
import json
import os
import socket
import sys
import tempfile
from pathlib import Path

from config.embedded import Embedded

SIZES = "1000,10000,100000,1000000"


def main() -> None:
    options = _options()
    given = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as temporary:
        home = Path(options.home or temporary).resolve()
        Path(temporary).chmod(0o755)  # the embedded server may run as another user
        os.environ["HOTLINE_HOME"] = str(home)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ.setdefault("HOTLINE_LOG_LEVEL", "ERROR")
        embedded = None if given else Embedded(home)
        os.environ["DATABASE_URL"] = given or (embedded.start() if embedded else "")
        import django  # noqa: PLC0415 - only now are the settings known

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        from tools.bench import report  # noqa: PLC0415
        from tools.bench.run import Bench  # noqa: PLC0415

        if options.engines:
            from tools.bench import engines  # noqa: PLC0415

            call_command("migrate", verbosity=0)
            engines.main()
            return
        bench = Bench(home, options.port or _free_port(), embedded, given, options)
        try:
            sizes = [bench.measure(size) for size in options.sizes]
        finally:
            bench.leave()
    print(report.text(sizes))
    if options.json:
        options.json.write_text(json.dumps(report.plain(sizes), indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.bench", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=_numbers(SIZES), help=f"default {SIZES}")
    parser.add_argument("--callers", type=_numbers, default=[1, 8, 32], help="default 1,8,32")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each measurement")
    parser.add_argument("--only", default="", help="operations to measure, by name, with commas")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--engines", action="store_true", help="only what runs behind the pages")
    parser.add_argument("--home", type=Path, help="a data folder to use and to keep")
    parser.add_argument("--port", type=int, help="default: a free one")
    return parser.parse_args(sys.argv[1:])


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
