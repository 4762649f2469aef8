"""All that notices needs of this room: the contract, and the kinds of carriers there are."""

from collections.abc import Mapping

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

_ALL: tuple[Kind, ...] = ()
KINDS: Mapping[str, Kind] = {kind.code: kind for kind in _ALL}
