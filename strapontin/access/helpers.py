"""Who can help somebody without a role: names, the nearest first (SPEC 3, 5)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.scope import reveal_nearest_partner
from strapontin.kit.database import rows_of, value_of

_HELPERS = """
SELECT a.name, coalesce(c.name, p.name, '') AS organisation, a.partner_id IS NOT NULL AS is_partner,
       CASE WHEN a.shows_email THEN a.email ELSE '' END AS email
  FROM administrator a
  LEFT JOIN customer c ON c.id = a.customer_id
  LEFT JOIN partner p ON p.id = a.partner_id
 WHERE %(role)s = ANY (a.roles) AND a.is_active AND a.id <> %(self)s::uuid
   AND (a.customer_id = %(customer)s::uuid OR a.partner_id = ANY (%(path)s::uuid[]) OR (a.provider AND %(provider)s))
 ORDER BY a.customer_id IS NULL, array_position(%(path)s::uuid[], a.partner_id) DESC NULLS LAST, a.name LIMIT 5
"""
_PATH_OF_CUSTOMER = """
SELECT partner_path FROM (
    SELECT partner_path, set_config('app.customer', id::text, true) AS entered FROM customer WHERE id = %s) AS customer
"""
_PATH_OF_PARTNER = "SELECT path FROM partner WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Helper:
    """An administrator who holds the role; ``organisation`` is empty if the reader may not know it.

    ``email`` is empty unless the administrator shows it to those who need help.
    """

    name: str
    organisation: str
    is_partner: bool
    email: str


def who_can_help(actor: Actor, *, role: str, customer_id: UUID | None = None) -> list[Helper]:
    """Up to five holders of ``role``, for the customer or else for the actor's own organisation.

    Row level security leaves those that the actor may see. A customer's administrator also sees the holders of
    Subscription management above the customer.
    """
    reveal_nearest_partner(actor)
    if customer_id:
        path = value_of(list, _PATH_OF_CUSTOMER, [customer_id])
    else:
        path = value_of(list, _PATH_OF_PARTNER, [actor.partner_id])
    parameters = {
        "role": role,
        "self": actor.id or UUID(int=0),
        "customer": customer_id if path is not None else None,
        "path": [str(partner_id) for partner_id in path or []],
        "provider": actor.provider,
    }
    return rows_of(Helper, _HELPERS, parameters)
