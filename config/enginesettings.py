"""The settings of the embedded PostgreSQL: ours in a file of their own, a school's own above them.

PostgreSQL takes the last line that names a setting. Ours are included first, so that whatever a school
writes into ``postgresql.conf`` wins; the lines that initdb has put there would win as well, and
are made comments, once.
"""

import re
from pathlib import Path

OURS = """\
# Written by hotline at every start. Put your own settings into postgresql.conf, below the include.
listen_addresses = ''
max_connections = {connections}
shared_buffers = '{shared_buffers}'
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_error_statement = panic  # a failing statement may carry a person's words
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
"""
INCLUDE = "include_if_exists = 'hotline.conf'\n"
CLEARED = (
    INCLUDE
    + '# Lines of initdb that would stand against it begin with "#initdb: ". Yours below win.\n'
)
# As initdb writes them, and nobody else: a school that has changed a value keeps it.
INITDB = re.compile(
    r"^(?=max_connections = 100\t+# \(change requires restart\)$"
    r"|shared_buffers = 128MB\t+# min 128kB$"
    r"|(?:log_)?timezone = '[^']*'$)",
    re.MULTILINE,
)


def ours(*, durable: bool, shared_buffers: str, connections: int) -> str:
    """What hotline.conf says. ``connections``: most at once, of all processes together."""
    return OURS.format(
        durable="on" if durable else "off", shared_buffers=shared_buffers, connections=connections
    )


def put(data: Path, text: str) -> None:
    """Write ``text`` beside the data, and have it included where it is below a school's own."""
    (data / "hotline.conf").write_text(text)
    (data / "hotline.conf").chmod(0o644)
    main = data / "postgresql.conf"
    before = main.read_text()
    if not before.startswith(CLEARED):
        main.write_text(CLEARED + INITDB.sub("#initdb: ", before.removeprefix(INCLUDE)))
