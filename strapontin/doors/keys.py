"""The visit of an API key."""

from __future__ import annotations

from strapontin.access.actors import Door
from strapontin.access.keys import digest
from strapontin.doors import lookup
from strapontin.doors.visit import Visit

_FIND = lookup.select_actor(
    "api_key",
    "who.key_hash = %s AND who.revoked_at IS NULL AND (who.expires_at IS NULL OR who.expires_at > now())",
)


@lookup.again_after_restart
def find_by_key(key: str, *, door: Door, language: str | None = None) -> Visit | None:
    """The visit of the API key ``key`` (ASCII); ``None`` if it is unknown, revoked or expired.

    Keys expire by real time, whatever a sandbox's clock says. ``language`` replaces the key's own.
    """
    return lookup.find_visit(_FIND, digest(key), kind="api_key", door=door, language=language)
