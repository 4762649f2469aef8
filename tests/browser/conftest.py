"""A real Chromium on the real pages, with a real worker for the jobs."""

import os
import shutil
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page, expect, sync_playwright

from tests.doors.people import signed_in
from tests.make import a_user, holder

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSWORD = "a fine password"  # the factory's

PATIENCE = 30_000  # ms: a busy machine is slow, and that is no failure
expect.set_options(timeout=PATIENCE)

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop of its own in this thread


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server):
    """Open a page of one's own: ``visit()`` for a stranger, ``visit(user)`` signed in."""
    contexts = []

    def open_(user=None, *, width=1280, lang="zh-hans", javascript=True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=live_server.url,
            java_script_enabled=javascript,
            locale="zh-CN",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if lang != "zh-hans":
            context.add_cookies(
                [{"name": "django_language", "value": lang, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.on("console", _refuse_complaints)
        if user is not None:
            session = signed_in(user).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    yield open_
    for context in contexts:
        context.close()


def _refuse_complaints(message):
    """Chromium complains on its console when the page breaks its own content policy."""
    if "Content Security Policy" in message.text:
        pytest.fail(message.text)


@pytest.fixture
def staff(transactional_db):
    """The people of one office and two units."""
    return {
        "student": a_user("李小雨"),
        "clerk": holder("R3", name="受理员王敏"),
        "agent": holder("R2", name="话务员赵雪"),
        "manager": holder("R4", name="主任陈立"),
        "leader": holder("R8", name="校长"),
        "houqin": holder("R5", of="houqin", name="后勤刘工"),
        "houqin_head": holder("R6", of="houqin", name="后勤孙处长"),
        "jijian": holder("R5", of="jijian", name="基建周工"),
    }


def work(home):
    """Let a real worker process do what is queued; ``home`` is the data folder of the test."""
    at = connection.settings_dict
    who = f"{quote(at['USER'])}:{quote(at['PASSWORD'])}" if at["USER"] else ""
    port = f"&port={at['PORT']}" if at["PORT"] else ""
    url = f"postgresql://{who}@/{at['NAME']}?host={quote(at['HOST'], safe='')}{port}"
    subprocess.run(
        [sys.executable, "-m", "config.cli", "worker", "--drain"],
        env=os.environ
        | {
            "DATABASE_URL": url, "HOTLINE_HOME": str(home),
            "HOTLINE_DATA_KEYS_FILE": str(settings.DATA_KEY_FILE),  # that database's, not the folder's
        },
        check=True, timeout=60,
    )  # fmt: skip


def attempt(page: Page, label: str, **fields):
    """Press an action's button, fill in what is told, and send the form."""
    page.get_by_role("link", name=label, exact=True).first.click()
    form = page.locator("#action form")
    form.wait_for()
    for name, value in fields.items():
        fill(form, name, value)
    form.get_by_role("button", name=label, exact=True).click()


def do(page: Page, label: str, **fields):
    """The same, and it works: the page moves on."""
    with page.expect_navigation(wait_until="load"):
        attempt(page, label, **fields)


def fill(form, name, value):
    """One field, whatever kind it is."""
    field = form.locator(f"[name={name}]")
    kind = field.first.evaluate("e => e.type || e.tagName")
    form.page.evaluate("document.querySelectorAll('#action details').forEach(d => (d.open = true))")
    if kind == "radio":
        form.locator(f"[name={name}][value={value}]").check(force=True)
    elif kind == "checkbox" and field.count() > 1:
        for one in field.all():
            one.set_checked(one.get_attribute("value") in value, force=True)
    elif kind == "checkbox":
        field.set_checked(value)
    elif kind == "select-one":
        field.select_option(value)
    else:
        field.fill(value)
