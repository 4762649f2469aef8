"""The code with which somebody without an account gets back to a request (查询码)."""

from django.utils.crypto import constant_time_compare

from hotline.base import codes
from hotline.base.codes import new_code

__all__ = ["hashed", "new_code", "opens"]


def hashed(number: str, code: str) -> str:
    """What is kept of a code: bound to its request, useless elsewhere."""
    return codes.hashed("hotline.cases.access", number, code)


def opens(number: str, code: str, code_hash: str) -> bool:
    """Does this code belong to this request? Compared in constant time."""
    return bool(code_hash) and constant_time_compare(hashed(number, code), code_hash)
