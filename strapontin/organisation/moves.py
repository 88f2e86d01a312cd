"""Moving a partner under another: every path that leads through it is rewritten, in one transaction."""

from __future__ import annotations

from uuid import UUID

from strapontin.access import grants
from strapontin.access.grants import ProviderGrant
from strapontin.kit.database import row, run
from strapontin.refusals import Refusal

# Moves are rare, and two at once could each be right and together make a loop: they wait for each other.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('partner_move'))"
_PARTNERS = """
UPDATE partner SET path = %(above)s::uuid[] || path[array_position(path, %(moved)s::uuid):], version = version + 1
WHERE path @> ARRAY[%(moved)s::uuid]
"""
_CUSTOMERS = """
UPDATE customer c SET partner_path = p.path, version = c.version + 1
FROM partner p WHERE p.id = c.partner_id AND c.partner_path @> ARRAY[%(moved)s::uuid]
"""
_TOTALS = """
UPDATE customer_total t SET partner_path = c.partner_path
FROM customer c WHERE c.id = t.customer_id AND t.partner_path @> ARRAY[%(moved)s::uuid]
"""


def move_partner(grant: ProviderGrant, *, partner_id: UUID, parent_id: UUID | None) -> None:
    """Puts a partner under ``parent_id``, or right below the provider; ``would_loop`` under itself.

    The journal and the closed months keep the paths of their time: what happened under the former parent, and
    its figures then, stay there to be read.
    """
    row(_LOCK)
    above: list[UUID] = []
    if parent_id is not None:
        above = grants.partner(grant.actor, parent_id).partner.path
        if partner_id in above:
            raise Refusal("would_loop")
    parameters = {"above": [str(part) for part in above], "moved": partner_id}
    for statement in (_PARTNERS, _CUSTOMERS, _TOTALS):
        run(statement, parameters)
