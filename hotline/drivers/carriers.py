"""All that notices needs of this room: the contract, and the kinds of carriers there are."""

from collections.abc import Mapping

from hotline.drivers import (
    aliyun_sms,
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
    "Carrier", "DeliveryError", "Kind", "Parcel", "Receipt", "Sent",
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
