"""The shipped posts and patterns: added where missing, never laid over a school's own."""

from pathlib import Path

import yaml

from hotline.roster import models
from hotline.roster.models import Pattern, Post

SHIPPED = Path(models.__file__).parent / "data" / "roster.yaml"


def load_defaults(path: Path = SHIPPED) -> int:
    """Add posts and patterns whose codes are not known, and return how many."""
    data, added = yaml.safe_load(path.read_text()), 0
    for model, rows in ((Post, data["posts"]), (Pattern, data["patterns"])):
        known = set(model._default_manager.values_list("code", flat=True))
        for row in rows:
            if row["code"] not in known:
                model._default_manager.create(**row)
                added += 1
    return added
