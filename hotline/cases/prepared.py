"""What every page asks for whoever holds the same roles: put into SQL once for all of them.

Such a query depends on its reader by their roles, by what they keep away from, and by who they
are; of these only the last differs from person to person, and is filled in.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from hotline.base.compiled import Compiled
from hotline.cases import recusal
from hotline.catalog import shelf
from hotline.people.actor import Actor, Bars, Grant
from hotline.people.models import User

MOST = 64  # sets of roles, each with its own SQL: an office has a dozen, a city's units thousands


class Prepared:
    """One such query, made of an actor and of values by name, which it takes as they are.

    It may look at no more of the actor than their grants, bars and id. Whom recusals reach request by
    request, the system, and a bearer of a code are asked about as if nothing were prepared.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **values: type) -> None:
        self._make, self._values = make, values

    def rows(self, actor: Actor, **values: Any) -> list[Any]:
        """The rows of a query for values."""
        made = self._for(actor)
        if made is None:
            return list(self._make(actor, **values))
        return made.rows(me=actor.user_id, **values)

    def instances(self, actor: Actor, **values: Any) -> list[Any]:
        """What a query for whole rows of one table answers."""
        made = self._for(actor)
        if made is None:
            return list(self._make(actor, **values))
        return made.instances(me=actor.user_id, **values)

    def count(self, actor: Actor, **values: Any) -> int:
        """How many rows there are."""
        made = self._for(actor)
        if made is None:
            return self._make(actor, **values).count()
        return made.count(me=actor.user_id, **values)

    def _for(self, actor: Actor) -> Compiled | None:
        if actor.is_system or actor.bearer_of or actor.user_id is None:
            return None
        bars = recusal.bars_of(actor)
        if bars.single:
            return None
        kept = shelf.current().once(self, lambda: lru_cache(maxsize=MOST)(self._put))
        return kept(actor.grants, bars)

    def _put(self, grants: tuple[Grant, ...], bars: Bars) -> Compiled:
        return Compiled(
            lambda me, **values: self._make(Actor(User(pk=me), grants, bars=bars), **values),
            unused=("me",), me=int, **self._values,
        )  # fmt: skip
