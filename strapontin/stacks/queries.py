"""Reading synchronisations, and what they are about: tenants and types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from strapontin.access.grants import CustomerSeen
from strapontin.kit.database import row_of, rows_of
from strapontin.refusals import not_found
from strapontin.seats.differences import Differences

_SYNCHRONIZATION = """
SELECT id, state, started_at, finished_at FROM synchronization WHERE customer_id = %s AND id = %s
"""
_LATEST = """
SELECT id, state, started_at, finished_at FROM synchronization WHERE customer_id = %s ORDER BY id DESC LIMIT 1
"""
_TENANTS = """
SELECT id, site_id, stack_name, tenant_uuid FROM site_tenant WHERE customer_id = %s ORDER BY stack_name, id
"""
_READINGS = """
SELECT r.site_id, s.name AS site_name, t.stack_name, r.state, r.error_code, r.counts, r.unmapped, r.differences,
       r.synchronized_at, r.silent_since
  FROM tenant_reading r
  JOIN site s ON s.customer_id = r.customer_id AND s.id = r.site_id
  JOIN site_tenant t ON t.customer_id = r.customer_id AND t.id = r.tenant_id
 WHERE r.customer_id = %s AND r.synchronization_id = %s ORDER BY s.sort_key, t.id
"""


@dataclass(frozen=True, slots=True)
class UnmappedType:
    """How many users a tenant has of a type that no type code stands for. ``id`` is the stack's; -1: it gave none."""

    id: int
    count: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one tenant answered so far.

    ``counts`` holds users by type code. ``differences`` are known once ``state`` is "done". ``synchronized_at`` is
    when the tenant was last read with success. ``silent_since`` is since when the stack has not answered, if it was not
    asked for that reason.
    """

    site_id: UUID
    site_name: str
    stack_name: str
    state: str
    error_code: str
    counts: dict[str, int]
    unmapped: list[UnmappedType]
    differences: Differences
    synchronized_at: datetime | None
    silent_since: datetime | None


@dataclass(frozen=True, slots=True)
class _Synchronization:
    id: UUID
    state: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A synchronisation with what each tenant answered so far."""

    id: UUID
    state: str
    started_at: datetime
    finished_at: datetime | None
    readings: list[Reading]


@dataclass(frozen=True, slots=True)
class _Type:
    code: str
    stack_ids: list[int]


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant of a stack, attached to a site."""

    id: UUID
    site_id: UUID
    stack_name: str
    tenant_uuid: UUID


def synchronization(seen: CustomerSeen, *, synchronization_id: UUID) -> Progress:
    """One synchronisation of the customer; ``not_found`` if there is none."""
    sync = row_of(_Synchronization, _SYNCHRONIZATION, [seen.customer.id, synchronization_id])
    if sync is None:
        raise not_found()
    return _with_readings(seen, sync)


def latest(seen: CustomerSeen) -> Progress | None:
    """The customer's last synchronisation, running or not."""
    sync = row_of(_Synchronization, _LATEST, [seen.customer.id])
    return _with_readings(seen, sync) if sync else None


def _with_readings(seen: CustomerSeen, sync: _Synchronization) -> Progress:
    readings = rows_of(Reading, _READINGS, [seen.customer.id, sync.id])
    return Progress(sync.id, sync.state, sync.started_at, sync.finished_at, readings)


def tenants_of(seen: CustomerSeen) -> list[Tenant]:
    """Every tenant attached to the customer's sites."""
    return rows_of(Tenant, _TENANTS, [seen.customer.id])


def stack_types() -> dict[int, str]:
    """The types by the numbers that stacks use for them."""
    types = rows_of(_Type, "SELECT code, stack_ids FROM subscription_type")
    return {stack_id: type_.code for type_ in types for stack_id in type_.stack_ids}
