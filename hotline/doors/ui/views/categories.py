"""Find a category by what people call the thing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hotline.catalog import queries as catalog
from hotline.catalog.models import Category
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pace import at_most
from hotline.limits.codes import Limit

MOST = 8


@require_safe
@at_most(Limit.LIVE)
def find(request: HouseRequest) -> HttpResponse:
    """Categories that a word finds: by name, by alias, in either language."""
    word = request.GET.get("word", "").strip().lower()[:40]
    found = [row for row in catalog.categories() if word and _fits(row, word)][:MOST]
    return render(request, "ui/_picks.html", {"found": found, "word": word})


def _fits(row: Category, word: str) -> bool:
    names = [row.name, row.name_en, row.code, *row.aliases]
    return any(word in name.lower() or (len(name) > 1 and name.lower() in word) for name in names)
