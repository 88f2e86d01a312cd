"""Secrets of others, sealed before they are stored: passwords and tokens of telephone servers.

AES-256-GCM (NIST SP 800-38D), with a key derived from ``SECRET_KEY``: a copy of the database alone opens nothing.
What was sealed under an earlier key stays readable while that key is in ``SECRET_KEY_FALLBACKS``; without it, the
secret must be entered again. The first version sealed with Fernet (AES-128-CBC with HMAC-SHA-256): it is read, too.
"""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBrokenError(Exception):
    """What was sealed cannot be opened: it was sealed with another key, or damaged."""


# What is sealed begins so; nonce and cipher text follow in hexadecimal digits. Fernet's texts begin with "gA".
_GCM = b"2."
_NONCE_BYTES = 12


@lru_cache(maxsize=8)
def _key(secret: str, purpose: bytes) -> bytes:
    # A key of its own purpose: the same secret also signs sessions.
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _cipher(secret: str) -> AESGCM:
    return AESGCM(_key(secret, b"strapontin sealing 2"))


def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(secret, b"strapontin sealing 1")))


def seal(text: str) -> bytes:
    """``text`` in ASCII, unreadable without this installation's secret key; empty stays empty."""
    if not text:
        return b""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted = _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), None)
    return _GCM + (nonce + encrypted).hex().encode()


def open_sealed(sealed: bytes | memoryview) -> str:
    """The text that was sealed.

    Raises :class:`SealBrokenError` if neither the secret key nor a fallback sealed it.
    """
    if not sealed:
        return ""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _open(bytes(sealed), secret).decode()
        except (InvalidTag, InvalidToken, ValueError):
            continue
    raise SealBrokenError


def _open(sealed: bytes, secret: str) -> bytes:
    if not sealed.startswith(_GCM):
        return _fernet(secret).decrypt(sealed)
    packed = bytes.fromhex(sealed.removeprefix(_GCM).decode())
    return _cipher(secret).decrypt(packed[:_NONCE_BYTES], packed[_NONCE_BYTES:], None)
