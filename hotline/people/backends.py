"""Who the session says is signed in. Whom it is given to the room decides: services.enter."""

from django.contrib.auth.backends import BaseBackend

from hotline.base.compiled import Compiled
from hotline.people.models import User

ACTIVE = Compiled(lambda pk: User.objects.filter(pk=pk, is_active=True), pk=int)


class AccountOrPhone(BaseBackend):
    """Knows people by their id alone: no way around the counting of tries leads through here."""

    def get_user(self, user_id: int) -> User | None:
        return next(iter(ACTIVE.instances(pk=user_id)), None)
