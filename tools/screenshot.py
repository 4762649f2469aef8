"""Take the README's pictures from the running program, on demo data made for it.

make screenshot        writes docs/desk.png and docs/portal.png
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CASES = "600"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hotline-") as folder, service(Path(folder)) as address:
        accounts = (Path(folder) / "demo-accounts.txt").read_text()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or "/usr/bin/chromium", args=FLAGS
            )
            desk = signed_in(browser, address, "manager", accounts)
            desk.goto(f"{address}/desk/queues/review/")
            desk.locator("td.main a").first.click()
            desk.wait_for_timeout(800)
            desk.screenshot(path=ROOT / "docs" / "desk.png")
            portal = signed_in(browser, address, "student", accounts)
            portal.goto(f"{address}/requests/")
            portal.wait_for_timeout(500)
            portal.screenshot(path=ROOT / "docs" / "portal.png")
            browser.close()


@contextmanager
def service(home: Path) -> Iterator[str]:
    """The real service on demo data, in a data folder that is thrown away."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"HOTLINE_HOME": str(home), "PORT": str(port)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "config.cli"]
    for step in (["migrate", "--verbosity", "0"], ["demo", "--cases", CASES]):
        subprocess.run([*command, *step], env=environment, check=True, cwd=ROOT)
    process = subprocess.Popen([*command, "serve"], env=environment, cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/portal/")
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise TimeoutError(address)


def signed_in(browser: Browser, address: str, account: str, accounts: str) -> Page:
    """A page of one of the demo's people; passwords are read from where the demo keeps them."""
    found = re.search(rf"^\s*{account}\s+(\S+)", accounts, re.MULTILINE)
    if found is None:
        raise LookupError(account)
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page.goto(f"{address}/sign-in/")
    page.fill("#id_username", account)
    page.fill("#id_password", found[1])
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


if __name__ == "__main__":
    main()
