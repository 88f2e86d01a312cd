"""Reading one customer, and its sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from strapontin.access.grants import CustomerFacts, CustomerSeen
from strapontin.access.scope import reveal_nearest_partner
from strapontin.kit.database import row_of, rows_of
from strapontin.kit.names import sort_key
from strapontin.refusals import not_found

# The columns of :class:`Customer`, of a customer ``c`` and its partner ``p``.
COLUMNS = ", ".join(f"c.{field.name}" for field in fields(CustomerFacts)) + ", c.sort_key, p.name AS partner_name"
_CUSTOMER = f"SELECT {COLUMNS} FROM customer c LEFT JOIN partner p ON p.id = c.partner_id WHERE c.id = %s"  # noqa: S608
_SITE = "SELECT id, name, sort_key, address, archived_at, version FROM site WHERE customer_id = %s"
_NO_ID = UUID(int=0)
_SAME_CLIENT_ID = """
SELECT other.id, other.name FROM customer c
  JOIN customer other ON other.partner_id = c.partner_id AND other.client_id = c.client_id AND other.id <> c.id
 WHERE c.id = %s AND c.client_id <> '' ORDER BY other.sort_key, other.id LIMIT 5
"""


@dataclass(frozen=True, slots=True)
class Customer(CustomerFacts):
    """A customer with the name of its partner; ``None`` if the reader may not see that name."""

    sort_key: str
    partner_name: str | None


@dataclass(frozen=True, slots=True)
class Site:
    """A site of a customer; ``sort_key`` gives its place in lists."""

    id: UUID
    name: str
    sort_key: str
    address: str
    archived_at: datetime | None
    version: int


def customer(seen: CustomerSeen) -> Customer:
    """The customer of the grant as it stands now, with the name of its partner."""
    if seen.actor.scope == "customer":
        reveal_nearest_partner(seen.actor)
    facts = row_of(Customer, _CUSTOMER, [seen.customer.id])
    if facts is None:
        raise not_found()
    return facts


@dataclass(frozen=True, slots=True)
class NamedCustomer:
    """A customer and its name."""

    id: UUID
    name: str


def with_same_client_id(seen: CustomerSeen) -> list[NamedCustomer]:
    """Other customers of the same partner with this customer's ``client_id``, five at most: that is allowed, but said.

    A customer's own administrator sees none.
    """
    return rows_of(NamedCustomer, _SAME_CLIENT_ID, [seen.customer.id])


def same_client_id_warning(others: Sequence[NamedCustomer]) -> str:
    """A sentence that names the other customers with this client id; empty if there are none."""
    if not others:
        return ""
    return _("The client id is also that of %(customers)s.") % {"customers": ", ".join(other.name for other in others)}


def sites(
    seen: CustomerSeen,
    *,
    after: tuple[str, UUID] | None = None,
    limit: int | None,
    search: str = "",
    archived: bool | None = False,
) -> list[Site]:
    """The customer's sites by name; one more than ``limit`` if more follow. ``None``: all of them.

    ``archived``: those in the archive instead of those out of it; ``None``: both.
    """
    key, site_id = after or ("", _NO_ID)
    where = "" if archived is None else f" AND archived_at IS {'NOT NULL' if archived else 'NULL'}"
    where += " AND strpos(sort_key, %s) > 0 AND (sort_key, id) > (%s, %s::uuid)"
    sql = f"{_SITE}{where} ORDER BY sort_key, id LIMIT %s"
    parameters = [seen.customer.id, sort_key(search), key, site_id, None if limit is None else limit + 1]
    return rows_of(Site, sql, parameters)


def site(seen: CustomerSeen, site_id: UUID, *, lock: bool = False) -> Site:
    """A site of the customer, or ``not_found``; ``lock`` holds it for a change."""
    row = row_of(Site, f"{_SITE} AND id = %s {'FOR UPDATE' if lock else ''}", [seen.customer.id, site_id])
    if row is None:
        raise not_found()
    return row
