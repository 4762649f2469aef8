"""Longer texts that an administrator writes: headings, paragraphs and lists, and nothing else.

Blocks are parted by empty lines. "## " begins a heading; a block whose lines all begin with "- " is a
list. Everything is escaped, so that a text can never be more than text.
"""

from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEADING, ITEM = "## ", "- "


def html(text: str, *, level: int = 2) -> SafeString:
    """The text as HTML; its headings are those of a page's ``level``."""
    return format_html_join("\n", "{}", ((block,) for block in _blocks(text, level)))


def _blocks(text: str, level: int) -> Iterator[SafeString]:
    for block in filter(None, map(str.strip, text.replace("\r\n", "\n").split("\n\n"))):
        lines = block.split("\n")
        if len(lines) == 1 and block.startswith(HEADING):
            heading = SafeString(f"h{level}")
            yield format_html("<{}>{}</{}>", heading, block.removeprefix(HEADING), heading)
        elif all(line.startswith(ITEM) for line in lines):
            items = ((line.removeprefix(ITEM),) for line in lines)
            yield format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
        else:
            yield format_html(
                "<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((x,) for x in lines))
            )
