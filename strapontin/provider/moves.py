"""Moving a partner under another: rewrites every path that leads through it, in one transaction."""

from __future__ import annotations

from uuid import UUID

from strapontin.access import grants
from strapontin.access.grants import ProviderGrant
from strapontin.access.scope import as_billing
from strapontin.kit.database import run
from strapontin.refusals import Refusal

# One move at a time: two moves that are each right could together make a loop.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('partner_move'))"
_PARTNERS = """
UPDATE partner SET path = %(above)s::uuid[] || path[array_position(path, %(moved)s::uuid):], version = version + 1
WHERE path @> ARRAY[%(moved)s::uuid]
"""
# Locks rows in the same order as everybody else.
_CUSTOMERS = """
WITH below AS (
    SELECT c.id, p.path FROM customer c JOIN partner p ON p.id = c.partner_id
     WHERE c.partner_path @> ARRAY[%(moved)s::uuid] ORDER BY c.id FOR NO KEY UPDATE OF c
)
UPDATE customer c SET partner_path = below.path, version = c.version + 1 FROM below WHERE c.id = below.id
"""
_TOTALS = """
WITH below AS (
    SELECT t.customer_id, t.type_code, c.partner_path FROM customer_total t JOIN customer c ON c.id = t.customer_id
     WHERE t.partner_path @> ARRAY[%(moved)s::uuid] ORDER BY t.customer_id, t.type_code FOR NO KEY UPDATE OF t
)
UPDATE customer_total t SET partner_path = below.partner_path FROM below
 WHERE t.customer_id = below.customer_id AND t.type_code = below.type_code
"""
_MONTHS = """
UPDATE customer_month m SET partner_path = c.partner_path
FROM customer c WHERE c.id = m.customer_id AND m.partner_path @> ARRAY[%(moved)s::uuid]
"""
_REQUESTS, *_AHEAD = [
    f"""
UPDATE {table} a SET partner_path = c.partner_path
FROM customer c WHERE c.id = a.customer_id AND a.partner_path @> ARRAY[%(moved)s::uuid]
"""  # noqa: S608  our own names
    for table in ("seat_request", "seat_warning", "unused_seats")
]


def path_above(grant: ProviderGrant, partner_id: UUID, parent_id: UUID | None) -> list[UUID]:
    """The path of the new parent; ``would_loop`` if it leads through the partner."""
    if parent_id is None:
        return []
    above = grants.partner(grant.actor, parent_id).partner.path
    if partner_id in above:
        raise Refusal("would_loop")
    return above


def lock_moves() -> None:
    """Waits until no partner is being moved, and lets no move begin. Comes before reading or locking a partner."""
    run(_LOCK)


def move_partner(grant: ProviderGrant, *, partner_id: UUID, parent_id: UUID | None) -> None:
    """Puts a partner under ``parent_id``, or right below the provider. Raises ``would_loop`` if it is below itself.

    Needs :func:`lock_moves`. Figures of closed months go along, so that the months of a scope add up to those of its
    customers. The journal keeps its paths. Whoever is above the partner by now reads it, and nobody who was.
    """
    above = path_above(grant, partner_id, parent_id)
    parameters = {"above": [str(part) for part in above], "moved": partner_id}
    run(_PARTNERS, parameters)
    with as_billing():
        for statement in (_CUSTOMERS, _REQUESTS, _TOTALS, _MONTHS, *_AHEAD):
            run(statement, parameters)
