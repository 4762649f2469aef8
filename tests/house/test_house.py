"""The house watches itself: names that must exist, words that must be written, walls that hold."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver
from procrastinate.contrib.django import app

from hotline.cases import moves, timeline
from hotline.cases.models import Step
from hotline.doors.desk import actions as desk
from hotline.doors.desk import queues
from hotline.doors.portal import forms as portal
from hotline.people.permissions import P

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = [*(ROOT / "hotline").rglob("*.py"), *(ROOT / "config").rglob("*.py")]


def patterns(resolver=None):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry)


def test_every_job_that_is_queued_exists():
    deferred = {
        name
        for path in SOURCES
        for name in re.findall(r'jobs\.defer\(\s*"([^"]+)"', path.read_text())
    }
    deferred |= {name for law in moves.MOVES.values() for name in law.queues}
    assert deferred
    assert deferred <= set(app.tasks)


def test_every_job_of_ours_is_documented():
    ours = {
        name: task
        for name, task in app.tasks.items()
        if not name.startswith(("builtin", "procrastinate."))
    }
    docs = (ROOT / "docs" / "operations.md").read_text()
    missing = {name for name in ours if f"`{name}`" not in docs}
    assert not missing, f"not in docs/operations.md: {missing}"


def test_every_setting_that_is_read_is_documented():
    read = {
        name
        for path in SOURCES
        for name in re.findall(
            r'readers\.\w+\(\s*"([A-Z_]+)"',
            path.read_text(),
        )
    }
    docs = (ROOT / "docs" / "operations.md").read_text()
    missing = {name for name in read if f"`{name}`" not in docs}
    assert not missing, f"not in docs/operations.md: {missing}"


def test_every_permission_is_held_by_some_role_and_asked_for_somewhere():
    import yaml

    roles = yaml.safe_load((ROOT / "hotline/people/data/roles.yaml").read_text())["roles"]
    held = {permission for role in roles for permission in role["permissions"]}
    text = "".join(path.read_text() for path in SOURCES)
    for permission in P:
        assert permission in held, permission
        assert re.search(rf"\bP\.{permission.name}\b", text), permission


def test_every_address_has_a_name_and_an_owner():
    owners = ("hotline.doors.", "django.views.generic")
    for pattern in patterns():
        assert pattern.name, pattern
        assert pattern.callback.__module__.startswith(owners), pattern


def test_every_verb_has_words_and_every_step_fits_its_column():
    assert set(moves.MOVES) == set(timeline.LABELS)
    longest = Step._meta.get_field("verb").max_length
    assert all(len(verb) <= longest for verb in moves.MOVES)


def test_no_template_reaches_for_the_person_behind_a_request():
    """Pages show a requester through Sight alone: the rows themselves are out of bounds."""
    forbidden = re.compile(
        r"\bcase\.(requester|owner|body|title|registered_by|code_hash)\b"
        r"|\.requester\.|\bfile\.name\b|order\.case\.(body|title)"
    )
    for path in (ROOT / "hotline" / "doors").rglob("*.html"):
        found = [m.group() for m in forbidden.finditer(path.read_text())]
        allowed = ALLOWED.get(path.name, set())
        assert set(found) <= allowed, f"{path.name}: {found}"


# Titles that only the requester, or those who read the originals, ever get.
ALLOWED = {
    "requests.html": {"case.title", "case.body"},  # one's own
    "new.html": {"file.name"},  # those of one's own draft
    "visits.html": {"case.title"},
    "bulk.html": {"case.title"},
}


def test_no_door_reads_the_table_of_requesters():
    for path in (ROOT / "hotline" / "doors").rglob("*.py"):
        if "console" in path.parts:
            continue
        assert "import Requester" not in path.read_text(), path
        assert not re.search(r"models import [^\n]*\bRequester\b", path.read_text()), path


def test_there_is_no_inline_script_or_style_in_any_page():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=|hx-on|javascript:", re.IGNORECASE
    )
    for path in (ROOT / "hotline").rglob("*.html"):
        assert not inline.search(path.read_text()), path


def test_every_icon_that_a_page_names_is_in_the_sprite():
    known = set((ROOT / "hotline/doors/ui/icons.txt").read_text().split())
    for path in (ROOT / "hotline").rglob("*.html"):
        assert set(re.findall(r'{% icon "([\w-]+)"', path.read_text())) <= known, path
    named = {action.icon for action in (*desk.ON_CASES, *desk.ON_ORDERS, *portal.ACTIONS)}
    assert named | {queue.icon for queue in queues.QUEUES} <= known


def test_models_have_the_migrations_they_need():
    from io import StringIO

    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


test_models_have_the_migrations_they_need = pytest.mark.django_db(
    test_models_have_the_migrations_they_need
)


@pytest.mark.django_db
def test_every_migration_can_be_taken_back():
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    for (label, name), migration in loader.disk_migrations.items():
        if not apps.get_app_config(label).name.startswith("hotline"):
            continue
        assert all(op.reversible for op in migration.operations), (label, name)


BEFORE_THE_RULE = {("cases", "0004_what_units_may_still_read")}
TAKES_AWAY = {"RemoveField", "RenameField", "RenameModel", "DeleteModel", "AlterModelTable"}


def takes_away(operation):
    """Does the release before this one miss something afterwards? It still runs meanwhile."""
    if type(operation).__name__ == "SeparateDatabaseAndState":
        return any(map(takes_away, operation.database_operations))
    sql = str(getattr(operation, "sql", ""))
    return type(operation).__name__ in TAKES_AWAY or bool(
        re.search(r"DROP\s+(TABLE|COLUMN)|\sRENAME\s", sql, re.IGNORECASE)
    )


def test_a_migration_that_takes_something_away_says_post_in_its_name():
    """docs/operations.md: first pre, then the new code everywhere, then post."""
    from django.db.migrations.loader import MigrationLoader

    ours = {
        key: migration
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if apps.get_app_config(key[0]).name.startswith("hotline")
    }
    taking = {key for key, migration in ours.items() if any(map(takes_away, migration.operations))}
    assert {key for key in taking if "_post_" not in key[1]} == BEFORE_THE_RULE
    from django.db import migrations as m

    assert takes_away(m.RemoveField("case", "title"))
    assert takes_away(m.RunSQL("ALTER TABLE cases_case DROP COLUMN title"))
    assert not takes_away(m.RunSQL("DROP TRIGGER x ON y"))


def test_nothing_says_that_it_is_unfinished():
    for path in SOURCES:
        if path.name == "actions.py":
            continue  # an abstract method
        assert not re.search(r"raise NotImplementedError|TODO|FIXME|XXX", path.read_text()), path
