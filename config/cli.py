"""``hotline``: every command an operator has, on whichever database this host uses."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from config import readers, sizes

if TYPE_CHECKING:
    from config.embedded import Embedded

NOT_MIGRATED = {"42P01", "42703"}  # PostgreSQL: no such table, no such column
RUNNING = {
    "start": "Bring the database up to date and serve; with --demo fill an empty one first.",
    "serve": "Serve pages and run jobs until Ctrl-C.",
    "web": "Only the web process; --check tells whether it could start.",
    "worker": "Only the process that runs the jobs; with --drain, run what is queued and end.",
    "backup": "Save database, files and keys, encrypted, while the platform runs.",
    "restore": "Put a backup in place of an empty database; shows what would happen and asks first.",
}
WITHOUT_DATABASE = {
    "help",
    "version",
    "--help",
    "-h",
    "--version",
    "check",
    "collectstatic",
}


def main(arguments: list[str] | None = None) -> None:
    """Run one command; with no DATABASE_URL, start the embedded PostgreSQL first."""
    arguments = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = arguments[0] if arguments else "help"
    try:
        if _needs_database(command, arguments) and not readers.text("DATABASE_URL"):
            server = _embedded()
            os.environ["DATABASE_URL"] = server.start()
            _run(command, arguments, server.revive)
        else:
            _run(command, arguments)
    except readers.BadSetting as error:
        sys.exit(f"hotline: {error}")


def _needs_database(command: str, arguments: list[str]) -> bool:
    only_told = command in WITHOUT_DATABASE or bool({"-h", "--help"} & set(arguments))
    brings_its_own = command == "backup" and "--verify" in arguments
    return not (only_told or brings_its_own)


def _embedded() -> "Embedded":
    from config.embedded import Embedded  # noqa: PLC0415 - not paid for with an external database

    home = readers.folder("HOTLINE_HOME", readers.HOME)
    return Embedded(
        home,
        durable=readers.flag("HOTLINE_DURABLE", True),
        shared_buffers=readers.memory("HOTLINE_SHARED_BUFFERS", "128MB"),
        connections=_connections(),
    )


def _connections() -> int:
    """Enough for a second web beside the first while new code is taken up, and for commands."""
    web = sizes.web_workers() * sizes.web_threads()
    return 2 * (web + sizes.jobs() + sizes.deliveries()) + 20


def _run(command: str, arguments: list[str], revive: Callable[[], bool] = lambda: False) -> None:
    """``revive`` starts the database again where it is ours and has died."""
    if command in {"backup", "restore"}:
        from config.backup import command as backups  # noqa: PLC0415

        sys.exit(getattr(backups, command)(arguments[1:]))
    if command in RUNNING and {"-h", "--help"} & set(arguments):
        print(f"usage: hotline {command} [options]\n\n{RUNNING[command]}")
        return
    # The supervisor imports no Django: its children do, once each, at the same time.
    if command in {"serve", "start"}:
        from config import serve  # noqa: PLC0415

        sys.exit(serve.serve(revive) if command == "serve" else serve.start(arguments[1:], revive))
    if command in {"web", "worker"}:
        from config import processes  # noqa: PLC0415

        sys.exit(getattr(processes, command)(arguments[1:]))
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.db import ProgrammingError  # noqa: PLC0415

    if command in {"help", "-h", "--help"} and len(arguments) < 2:
        print(_commands())
        return
    try:
        execute_from_command_line(["hotline", _module(command), *arguments[1:]])
    except BrokenPipeError:  # whoever reads has read enough: hotline stats … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") not in NOT_MIGRATED:
            raise
        sys.exit("hotline: this database is not up to date. Run: hotline migrate")


def _module(command: str) -> str:
    """Django calls a command by its module, and a module has no hyphens: seal-history, seal_history."""
    return command if command.startswith("-") else command.replace("-", "_")


def _commands() -> str:
    """What an operator can do, one line each; our own commands tell theirs themselves."""
    import django  # noqa: PLC0415
    from django.core.management import get_commands, load_command_class  # noqa: PLC0415

    django.setup()
    own = {
        name.replace("_", "-"): str(load_command_class(app, name).help).split(". ")[0].rstrip(".")
        + "."
        for name, app in get_commands().items()
        if app == "hotline.doors.console"
    }
    lines = [f"  {name:16}{words}" for name, words in sorted((RUNNING | own).items())]
    more = "hotline <command> --help tells more; Django's own commands work too (hotline help --commands)."
    return "\n".join(["hotline <command>", "", *lines, "", more])


if __name__ == "__main__":
    main()
