"""What a person does with their own messages and wishes."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base.refusals import Invalid, NotAllowed, Words
from hotline.base.words import listed
from hotline.drivers.carriers import can_reach
from hotline.notices import ways
from hotline.notices.codes import CARRIED, Channel
from hotline.notices.models import Address, Message, Preference
from hotline.notices.wording import LANGUAGES
from hotline.people.actor import Actor
from hotline.people.models import User

ADDRESS_MOST = 120
WRONG: Mapping[str, Words] = {
    Channel.MAIL: gettext_lazy("请填写一个电子邮件地址，如 name@example.edu.cn。"),
    Channel.WECOM: gettext_lazy(
        "请填写一个企业微信账号：只含字母、数字和 . _ - @，不能是姓名，也不能是 @all。"
    ),
}


def read(message: Message, *, by: Actor, at: datetime) -> None:
    """Mark a message as read. Raises NotAllowed for somebody else's."""
    if message.user_id is None or message.user_id != by.user_id:
        raise NotAllowed(_("这不是您的消息。"))
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=at)


def read_all(*, by: Actor, at: datetime) -> int:
    """Mark all of one's messages as read; how many that were."""
    if by.user_id is None:
        return 0
    return Message.objects.filter(user_id=by.user_id, first=True, read_at=None).update(read_at=at)


@transaction.atomic
def wish(
    user: User,
    *,
    off: Collection[str],
    language: str,
    digests: bool,
    addresses: Mapping[str, str],
    by: Actor,
) -> None:
    """Set one's own channels, language, digests and addresses.

    Staff keep those channels on which their work reaches them. Raises NotAllowed and Invalid.
    """
    if by.user_id != user.pk:
        raise NotAllowed(_("只能修改自己的设置。"))
    if by.is_staff and (fixed := set(off) & ways.FIXED):
        words = _("工作人员不能关闭：%(names)s") % {
            "names": listed(Channel(c).label for c in sorted(fixed))
        }
        raise Invalid(words, off=words)
    if language not in LANGUAGES or not set(off) <= set(CARRIED):
        raise Invalid(_("请从列出的选项中选择。"))
    Preference.objects.update_or_create(
        user=user, defaults={"off": sorted(off), "language": language, "digests": digests}
    )
    for channel, value in addresses.items():
        _set_address(user, channel, value.strip())


def _set_address(user: User, channel: str, value: str) -> None:
    rows = Address.objects.filter(user=user, channel=channel)
    if not value:
        rows.delete()
        return
    if len(value) > ADDRESS_MOST or not can_reach(channel, value):
        words = WRONG.get(channel, gettext_lazy("请填写一个正确的地址。"))
        raise Invalid(words, **{channel.lower(): words})
    Address.objects.update_or_create(user=user, channel=channel, defaults={"value": value})
