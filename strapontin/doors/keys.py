"""The visit of an API key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from uuid import UUID

from strapontin.access.actors import Door
from strapontin.access.keys import digest
from strapontin.doors import lookup
from strapontin.doors.visit import Visit
from strapontin.kit.database import row_of, run

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


_NOTE_USE = """
UPDATE api_key SET last_used_at = now() WHERE id = %s AND (last_used_at IS NULL OR last_used_at < now() - %s)
"""
NOTED_EVERY = timedelta(minutes=5)
# When this process last noted the use of a key, by its clock. Another process notes it once more, at most.
_noted: dict[UUID, float] = {}
_MOST_NOTED = 10_000


@lookup.again_after_restart
def find_by_key(key: str, *, door: Door, language: str | None = None) -> Visit | None:
    """The visit of the API key ``key`` (ASCII); ``None`` if it is unknown, revoked or expired.

    Keys expire by real time, whatever a sandbox's clock says. ``language`` replaces the key's own. That the key was
    used is noted every few minutes (:data:`NOTED_EVERY`).
    """
    visit = lookup.find_visit(_FIND, digest(key), kind="api_key", door=door, language=language)
    if visit is not None and visit.actor.id is not None:
        _note_use(visit.actor.id)
    return visit


def _note_use(key_id: UUID) -> None:
    now = monotonic()
    before = _noted.get(key_id)
    if before is not None and now - before < NOTED_EVERY.total_seconds():
        return
    if len(_noted) >= _MOST_NOTED:
        _noted.clear()
    _noted[key_id] = now
    run(_NOTE_USE, [key_id, NOTED_EVERY])


def why_refused(key: str) -> tuple[UUID | None, str]:
    """The id of a key that :func:`find_by_key` does not find, and why: ``unknown``, ``expired`` or ``revoked``."""
    row = row_of(_Refused, _REFUSED, [digest(key)])
    return (row.id, row.reason) if row else (None, "unknown")
