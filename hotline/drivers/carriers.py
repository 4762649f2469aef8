"""All that notices needs of this room: the contract, and the kinds of carriers there are."""

from collections.abc import Mapping

from hotline.drivers import (
    aliyun_sms,
    guard,
    http_sms,
    kannel,
    smtp_mail,
    tencent_sms,
    wechat_subscribe,
    wecom,
)
from hotline.drivers.contract import (
    MAIL,
    SMS,
    WECHAT,
    WECOM,
    Carrier,
    DeliveryError,
    Kind,
    Parcel,
    Receipt,
    Sent,
)

__all__ = [
    "KINDS", "MAIL", "SMS", "WECHAT", "WECOM",
    "Carrier", "DeliveryError", "Kind", "Parcel", "Receipt", "Sent", "can_reach",
]  # fmt: skip

KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        http_sms.KIND,
        aliyun_sms.KIND,
        tencent_sms.KIND,
        kannel.KIND,
        smtp_mail.KIND,
        wecom.APP,
        wecom.ROBOT,
        wechat_subscribe.KIND,
    )
}

# What every carrier of a channel asks of an address before it sends anything.
READS = {MAIL: guard.is_mailbox, WECOM: guard.is_name, WECHAT: guard.is_name}


def can_reach(channel: str, to: str) -> bool:
    """Can this be an address on that channel, or would every carrier refuse it unseen?"""
    return READS[channel](to) if channel in READS else True
