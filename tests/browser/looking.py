"""What a person who looks closely would find wrong with a page."""

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOW = {
    "runOnly": {"type": "tag", "values": RULES},
    "resultTypes": ["violations"],
    "preload": False,  # it would only read sounds and style sheets of rules that are not run
}


def faults(page):
    """What axe finds, one line each."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
        page.add_init_script(path=AXE)  # quicker on the pages that follow
    found = page.evaluate("how => axe.run(document, how)", HOW)
    return [
        f"{violation['id']}: {node['html'][:120]} {node['failureSummary'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"][:2]
    ]


def overflow(page):
    """How many pixels the page is wider than its window; a page on its way is waited for."""
    page.wait_for_load_state()
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def sound(page):
    """Axe finds nothing, and nothing is wider than the screen."""
    assert faults(page) == [], page.url
    assert overflow(page) <= 0, page.url
