"""The ways in which the house says no. Doors turn them into pages, once, in one place."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Refusal(Exception):
    """A lawful no, in words for the person who asked. ``status`` is its HTTP meaning."""

    status = 422

    def __init__(self, words: Words, /, **fields: Words) -> None:
        """``fields`` names the inputs at fault, so that a form can say it beside them."""
        super().__init__(words)
        self.words = words
        self.fields: Mapping[str, Words] = fields

    def __str__(self) -> str:
        return str(self.words)


class NotAllowed(Refusal):
    """The person may not do this."""

    status = 403


class WrongState(Refusal):
    """Nobody may do this now."""

    status = 409


class Stale(Refusal):
    """Somebody else has moved the thing, a request unless ``words`` say so, since it was looked at."""

    status = 409

    def __init__(self, words: Words = "") -> None:
        super().__init__(
            words or _("这件诉求刚刚被其他人处理过。您填写的内容已保留，请核对最新情况后再提交。")
        )


class Busy(Refusal):
    """Somebody else was at the same things at the same moment, and the database let them go first."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("同时有其他人在处理相关内容，这次没有保存。请再提交一次。"))


class Repeated(Refusal):
    """The same form came twice; ``number`` says what the first became."""

    status = 409

    def __init__(self, number: str) -> None:
        super().__init__(_("这份表单已经提交过，没有重复登记。"))
        self.number = number


class TooMany(Refusal):
    """Too often in too short a time; ``seconds`` until it may be tried again."""

    status = 429

    def __init__(self, words: Words, *, seconds: int) -> None:
        super().__init__(words)
        self.seconds = seconds


class Invalid(Refusal):
    """Something is missing or cannot be so."""
