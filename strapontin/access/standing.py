"""Somebody who asked for something, as he stands when a job does it: a role may have been taken meanwhile (SPEC 3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from strapontin.access.actors import Actor, ActorKind, Door, system
from strapontin.access.scope import as_door
from strapontin.kit.database import row_of

_FIND: dict[ActorKind, str] = {
    "administrator": """
SELECT id, name, provider, partner_id, customer_id, roles, language FROM administrator WHERE id = %s AND is_active
""",
    "api_key": """
SELECT id, name, provider, partner_id, customer_id, roles, language FROM api_key
 WHERE id = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
""",
}


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    name: str
    provider: bool
    partner_id: UUID | None
    customer_id: UUID | None
    roles: list[str]
    language: str


def actor_by_now(kind: ActorKind, actor_id: UUID | None, *, door: Door) -> Actor | None:
    """An administrator or a key with the scope and the roles of this moment.

    ``None`` if the administrator was suspended or removed, or if the key expired or was revoked. ``door`` is the way in
    by which it was asked.
    """
    if kind == "system":
        return system(door)
    with as_door():
        row = row_of(_Row, _FIND[kind], [actor_id])
    if row is None:
        return None
    return Actor(
        kind=kind,
        id=row.id,
        name=row.name,
        roles=frozenset(row.roles),
        door=door,
        provider=row.provider,
        partner_id=row.partner_id,
        customer_id=row.customer_id,
        language=row.language,
    )
