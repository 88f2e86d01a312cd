"""The visit of an API key."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from strapontin.access.actors import Door
from strapontin.access.keys import digest
from strapontin.doors import lookup
from strapontin.doors.visit import Visit
from strapontin.kit.database import row_of

_FIND = lookup.select_actor(
    "api_key",
    "who.key_hash = %s AND who.revoked_at IS NULL AND (who.expires_at IS NULL OR who.expires_at > now())",
)

_REFUSED = """
SELECT id, CASE WHEN revoked_at IS NULL THEN 'expired' ELSE 'revoked' END AS reason FROM api_key WHERE key_hash = %s
"""


@dataclass(frozen=True, slots=True)
class _Refused:
    id: UUID
    reason: str


@lookup.again_after_restart
def find_by_key(key: str, *, door: Door, language: str | None = None) -> Visit | None:
    """The visit of the API key ``key`` (ASCII); ``None`` if it is unknown, revoked or expired.

    Keys expire by real time, whatever a sandbox's clock says. ``language`` replaces the key's own.
    """
    return lookup.find_visit(_FIND, digest(key), kind="api_key", door=door, language=language)


def why_refused(key: str) -> tuple[UUID | None, str]:
    """The id of a key that :func:`find_by_key` does not find, and why: ``unknown``, ``expired`` or ``revoked``."""
    row = row_of(_Refused, _REFUSED, [digest(key)])
    return (row.id, row.reason) if row else (None, "unknown")
