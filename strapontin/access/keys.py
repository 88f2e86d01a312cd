"""API keys as they are kept, and how they end."""

from __future__ import annotations

import hashlib
from uuid import UUID

from strapontin.access.scope import as_door
from strapontin.kit.database import values_of

# The keys that somebody made, those that were made with them, and so on.
_END_MADE_BY = """
WITH RECURSIVE made AS (
    SELECT id FROM api_key WHERE created_by_id = %s
    UNION SELECT k.id FROM api_key k JOIN made ON k.created_by_id = made.id
)
UPDATE api_key SET revoked_at = now() WHERE id IN (SELECT id FROM made) AND revoked_at IS NULL RETURNING id
"""


def digest(key: str) -> bytes:
    """What is kept of a key. A plain hash is enough: a key is 256 random bits, no word that could be guessed."""
    return hashlib.sha256(key.encode("ascii")).digest()


def end_keys_made_by(maker_id: UUID) -> list[UUID]:
    """Ends the keys that an administrator or a key made, and those made with them; answers their ids.

    Keys outside the present scope end as well: a partner may have moved since. The caller holds the row of the maker,
    and whoever makes a key holds it too (:func:`strapontin.access.operations.create_api_key`). So none is missed.
    """
    ended: list[UUID] = []
    with as_door():
        # Waits for keys that are being made with one of these, and then sees them by a snapshot of its own.
        while ids := values_of(UUID, _END_MADE_BY, [maker_id]):
            ended += ids
    return ended
