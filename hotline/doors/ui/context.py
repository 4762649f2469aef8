"""What every template may use."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from hotline.doors.ui.nav import nav_of


def house(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {"actor": actor, "nav": SimpleLazyObject(lambda: actor and nav_of(actor))}
