"""Signing in with 学号/工号 or with a phone number, and a password."""

from typing import Any

from django.http import HttpRequest

from hotline.base.compiled import Compiled
from hotline.people import queries
from hotline.people.models import User

ACTIVE = Compiled(lambda pk: User.objects.filter(pk=pk, is_active=True), pk=int)


class AccountOrPhone:
    """Looks the person up by either, and takes equally long when there is none."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str = "",
        password: str = "",
        **_rest: Any,
    ) -> User | None:
        user = queries.find_person(username)
        if user is None:
            User().set_password(password)  # the same work, so that time tells nothing
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return next(iter(ACTIVE.instances(pk=user_id)), None)
