"""The code with which somebody without an account gets back to a request (查询码).

Shown once, kept as a keyed hash. Ten characters of an alphabet without look-alikes:
some 49 bits, beyond guessing over a network.
"""

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10


def new_code() -> str:
    """A fresh code, written as people copy it: K7M2P-9QXTB."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def hashed(number: str, code: str) -> str:
    """What is kept of a code: bound to its request, useless elsewhere."""
    plain = "".join(c for c in code.upper() if c in ALPHABET)
    return salted_hmac("hotline.cases.access", f"{number}:{plain}", algorithm="sha256").hexdigest()


def opens(number: str, code: str, code_hash: str) -> bool:
    """Does this code belong to this request? Compared in constant time."""
    return bool(code_hash) and constant_time_compare(hashed(number, code), code_hash)
