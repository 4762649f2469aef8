"""The key that signs seals, and what is signed with it (Ed25519)."""

from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings


@cache
def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text))


def sign(body: str) -> str:
    """The signature of a body, hexadecimal."""
    return _private(settings.HISTORY_KEY).sign(body.encode()).hex()


def public() -> str:
    """The public half of our key: 64 hexadecimal digits, to be kept elsewhere."""
    return _private(settings.HISTORY_KEY).public_key().public_bytes_raw().hex()


def is_signed(body: str, signature: str, by: str) -> bool:
    """Did the key with this public half sign that body?"""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(by)).verify(
            bytes.fromhex(signature), body.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True
