"""Secrets of others, sealed before they are stored: passwords and tokens of telephone servers.

Fernet (AES-128-CBC with HMAC-SHA-256), with a key derived from ``SECRET_KEY``: a copy of the database alone
opens nothing. What was sealed under an earlier key stays readable while that key is in ``SECRET_KEY_FALLBACKS``;
without it, the secret must be entered again.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBrokenError(Exception):
    """What was sealed cannot be opened: it was sealed with another key, or damaged."""


@lru_cache(maxsize=4)
def _fernet(*secrets: str) -> MultiFernet:
    return MultiFernet([_fernet_of_one(secret) for secret in secrets])


def _fernet_of_one(secret: str) -> Fernet:
    # A key of its own purpose: the same secret also signs sessions.
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"strapontin sealing 1").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _current() -> MultiFernet:
    return _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def seal(text: str) -> bytes:
    """``text``, unreadable without this installation's secret key; empty stays empty."""
    return _current().encrypt(text.encode()) if text else b""


def open_sealed(sealed: bytes | memoryview) -> str:
    """The text that was sealed.

    Raises :class:`SealBrokenError` if neither the secret key nor a fallback sealed it.
    """
    if not sealed:
        return ""
    try:
        return _current().decrypt(bytes(sealed)).decode()
    except InvalidToken as broken:
        raise SealBrokenError from broken
