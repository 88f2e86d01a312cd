"""API keys as they are kept."""

from __future__ import annotations

import hashlib


def digest(key: str) -> bytes:
    """What is kept of a key. A plain hash is enough: a key is 256 random bits, not a word of somebody's."""
    return hashlib.sha256(key.encode("ascii")).digest()
