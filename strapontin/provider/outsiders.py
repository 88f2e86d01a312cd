"""Before a partner moves: whom it takes along, and who below was let in by somebody who loses sight of it (SPEC 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from strapontin.access import grants
from strapontin.access.administrators import remove_administrator
from strapontin.access.grants import AdministratorManager, ProviderGrant
from strapontin.access.operations import revoke_api_key
from strapontin.kit.database import rows_of, value_of
from strapontin.provider.moves import path_above
from strapontin.refusals import not_found

# Who holds a scope at or below the partner, made by somebody of a partner who is neither above nor below it then.
_MADE_FROM_OUTSIDE = """
WITH below AS (
    SELECT id FROM partner WHERE path @> ARRAY[%(moved)s::uuid]
), makers AS (
    SELECT id, name, partner_id FROM administrator
     UNION ALL SELECT id, name, partner_id FROM api_key
), outside AS (
    SELECT m.id, m.name, m.partner_id FROM makers m
     WHERE m.partner_id IS NOT NULL AND NOT m.partner_id = ANY (%(above)s::uuid[])
       AND m.partner_id NOT IN (SELECT id FROM below)
), holders AS (
    SELECT 'administrator' AS kind, id, name, partner_id, customer_id, roles, created_by_id FROM administrator
     WHERE ended_at IS NULL
     UNION ALL
    SELECT 'api_key', id, name, partner_id, customer_id, roles, created_by_id FROM api_key
     WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
)
SELECT h.kind, h.id, h.name, h.partner_id, h.customer_id, h.roles, o.id AS maker_id, o.name AS maker_name,
       p.name AS maker_partner
  FROM holders h JOIN outside o ON o.id = h.created_by_id JOIN partner p ON p.id = o.partner_id
 WHERE h.partner_id IN (SELECT id FROM below)
    OR h.customer_id IN (SELECT id FROM customer WHERE partner_path @> ARRAY[%(moved)s::uuid])
 ORDER BY h.kind, h.name, h.id
"""
_CUSTOMERS_BELOW = "SELECT count(*)::int FROM customer WHERE partner_path @> ARRAY[%s::uuid]"


@dataclass(frozen=True, slots=True)
class MadeFromOutside:
    """An administrator or a key at or below a partner that moves, made by somebody who is not above it then.

    ``kind`` is "administrator" or "api_key". It stays, unless it is ended with the move.
    """

    kind: str
    id: UUID
    name: str
    partner_id: UUID | None
    customer_id: UUID | None
    roles: list[str]
    maker_id: UUID
    maker_name: str
    maker_partner: str


@dataclass(frozen=True, slots=True)
class MovePreview:
    """What a move takes along, and who below was let in by somebody who loses sight of it (SPEC 3)."""

    customers: int
    made_from_outside: list[MadeFromOutside]


def preview_move(
    grant: ProviderGrant, manager: AdministratorManager, *, partner_id: UUID, parent_id: UUID | None
) -> MovePreview:
    """What :func:`move_partner` would do. Raises ``not_found`` and ``would_loop`` as it does."""
    grants.partner(grant.actor, partner_id)
    above = path_above(grant, partner_id, parent_id)
    return MovePreview(
        customers=value_of(int, _CUSTOMERS_BELOW, [partner_id]) or 0,
        made_from_outside=_made_from_outside(partner_id, above),
    )


def end_made_from_outside(
    manager: AdministratorManager, *, partner_id: UUID, ended: Collection[UUID], at: datetime
) -> None:
    """Ends administrators and keys made from outside the line of a partner that has moved, with what they made.

    Sessions end at once.

    Raises ``not_found`` for one that is none of them.
    """
    if not set(ended) <= _by_id(manager, partner_id).keys():
        raise not_found()
    for holder_id in ended:
        # It may have ended with the key by which it was made.
        holder = _by_id(manager, partner_id).get(holder_id)
        if holder and holder.kind == "api_key":
            revoke_api_key(manager, key_id=holder_id, at=at)
        elif holder:
            remove_administrator(manager, administrator_id=holder_id, at=at)


def _by_id(manager: AdministratorManager, partner_id: UUID) -> dict[UUID, MadeFromOutside]:
    path = grants.partner(manager.actor, partner_id).partner.path
    return {holder.id: holder for holder in _made_from_outside(partner_id, path[:-1])}


def _made_from_outside(partner_id: UUID, above: list[UUID]) -> list[MadeFromOutside]:
    return rows_of(MadeFromOutside, _MADE_FROM_OUTSIDE, {"moved": partner_id, "above": above})
