"""What may go to a carrier as an address or as our reference. The rest is refused, not mended."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from hotline.drivers.contract import DeliveryError, Parcel

PHONE = re.compile(r"\+?[0-9]{5,20}")
REF = re.compile(r"[A-Za-z0-9_.-]{0,64}")
NAME = re.compile(r"[A-Za-z0-9_.@-]{1,128}")
DOMESTIC = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")


def phone(parcel: Parcel) -> str:
    """The number without spaces and dashes; raises DeliveryError where it is none."""
    number = re.sub("[ -]", "", parcel.to)
    if not PHONE.fullmatch(number):
        raise DeliveryError("BAD_PHONE_NUMBER", permanent=True)
    return number


def international(parcel: Parcel) -> str:
    """The number as +86…, which it is taken for unless it says otherwise."""
    number = phone(parcel)
    domestic = DOMESTIC.fullmatch(number)
    if domestic:
        return f"+86{domestic[1]}"
    return number if number.startswith("+") else f"+86{number}"


def name(parcel: Parcel) -> str:
    """A userid or an openid; raises DeliveryError where it can be none, or means everybody."""
    if not is_name(parcel.to):
        raise DeliveryError("BAD_RECIPIENT", permanent=True)
    return parcel.to


def is_name(text: str) -> bool:
    """Can it be the userid or the openid of one person?"""
    return bool(NAME.fullmatch(text)) and text.lower() != "@all"


def is_mailbox(text: str) -> bool:
    """Can it be the address of one mailbox?"""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return text.isascii()


def ref(parcel: Parcel) -> str:
    """Our own id of the message, which travels in headers and addresses."""
    if not REF.fullmatch(parcel.ref):
        raise DeliveryError("BAD_REF", permanent=True)
    return parcel.ref
