"""Reading synchronisations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.grants import CustomerSeen
from strapontin.kit.database import row, rows
from strapontin.refusals import not_found

_ONE = "SELECT id, state, started_at, finished_at FROM synchronization WHERE customer_id = %s AND id = %s"
_LATEST = """
SELECT id, state, started_at, finished_at FROM synchronization WHERE customer_id = %s ORDER BY id DESC LIMIT 1
"""
_READINGS = """
SELECT r.site_id, s.name AS site_name, t.stack_name, r.state, r.error_code, r.counts, r.unmapped, r.differences,
       r.synchronized_at
  FROM tenant_reading r
  JOIN site s ON s.customer_id = r.customer_id AND s.id = r.site_id
  JOIN site_tenant t ON t.customer_id = r.customer_id AND t.id = r.tenant_id
 WHERE r.customer_id = %s AND r.synchronization_id = %s ORDER BY s.sort_key, t.id
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """A synchronisation with what each tenant answered so far."""

    id: UUID
    state: str
    started_at: datetime
    finished_at: datetime | None
    readings: list[dict[str, Any]]

    @property
    def read(self) -> int:
        """How many tenants have been read, or could not be."""
        return sum(reading["state"] in ("done", "failed") for reading in self.readings)


def synchronization(seen: CustomerSeen, *, synchronization_id: UUID) -> Progress:
    """One synchronisation of the customer; ``not_found`` where there is none."""
    found = row(_ONE, [seen.customer.id, synchronization_id])
    if found is None:
        raise not_found()
    return _with_readings(seen, found)


def latest(seen: CustomerSeen) -> Progress | None:
    """The customer's last synchronisation, running or not."""
    found = row(_LATEST, [seen.customer.id])
    return _with_readings(seen, found) if found else None


def _with_readings(seen: CustomerSeen, found: dict[str, Any]) -> Progress:
    readings = rows(_READINGS, [seen.customer.id, found["id"]])
    for reading in readings:
        for name in ("counts", "unmapped", "differences"):
            if isinstance(reading[name], str):
                reading[name] = json.loads(reading[name])
    return Progress(found["id"], found["state"], found["started_at"], found["finished_at"], readings)


def tenants_of(seen: CustomerSeen) -> list[dict[str, Any]]:
    """Every tenant attached to the customer's sites: id, site and the stack's name."""
    return rows(
        "SELECT id, site_id, stack_name, tenant_uuid FROM site_tenant WHERE customer_id = %s ORDER BY stack_name, id",
        [seen.customer.id],
    )
