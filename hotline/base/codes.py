"""Codes that people copy from paper: ten characters of an alphabet without look-alikes.

Some 49 bits, beyond guessing over a network. Shown once, kept as a keyed hash.
"""

import secrets

from django.utils.crypto import salted_hmac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10


def new_code() -> str:
    """A fresh code, written as people copy it: K7M2P-9QXTB."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def hashed(purpose: str, owner: str, code: str) -> str:
    """What is kept of a code: bound to what it opens, useless elsewhere; however it is typed."""
    plain = "".join(c for c in code.upper() if c in ALPHABET)
    return salted_hmac(purpose, f"{owner}:{plain}", algorithm="sha256").hexdigest()
