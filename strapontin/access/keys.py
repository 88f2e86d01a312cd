"""API keys as they are kept."""

from __future__ import annotations

import hashlib


def digest(key: str) -> bytes:
    """What is kept of a key. A plain hash is enough: a key is 256 random bits, no word that could be guessed."""
    return hashlib.sha256(key.encode("ascii")).digest()
