"""Reading periods: who pays, and so who may see amounts."""

from __future__ import annotations

from strapontin.access.grants import CustomerSeen
from strapontin.kit.database import exists

_AT_OR_ABOVE_PAYER = """
SELECT 1 FROM period q JOIN partner p ON p.id = q.payer_id
 WHERE q.customer_id = %s AND q.starts_on = %s AND p.path @> ARRAY[%s::uuid]
"""


def sees_money(seen: CustomerSeen) -> bool:
    """Whether amounts may be shown: only to scopes at or above the payer of the running period (SPEC 3)."""
    if seen.actor.provider:
        return True
    if seen.actor.partner_id is None:
        return False
    return exists(_AT_OR_ABOVE_PAYER, [seen.customer.id, seen.customer.period_starts_on, seen.actor.partner_id])
