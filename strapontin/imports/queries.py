"""Reading imports of users, and what a file may name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from strapontin.access.grants import CustomerSeen, UserManager
from strapontin.allocations.rules import Place
from strapontin.catalogue.queries import subscription_types
from strapontin.imports.checking import Directory, Named, Places
from strapontin.imports.problems import Problem, kept_refusal
from strapontin.imports.spreadsheets import Kind
from strapontin.kit.database import row_of, rows_of
from strapontin.refusals import Refusal, not_found

State = Literal["queued", "running", "ready", "done", "failed"]

_SITES = "SELECT id, name FROM site WHERE customer_id = %s"
_TENANTS = "SELECT id, site_id, tenant_uuid, stack_name FROM site_tenant WHERE customer_id = %s"
_REMEMBERED = "SELECT head, field FROM import_column WHERE customer_id = %s"
_CREATED = """
SELECT u.first_name, u.last_name, u.email, s.name AS site_name, u.type_code, u.extension
  FROM seat_user u JOIN site s ON s.customer_id = u.customer_id AND s.id = u.site_id
 WHERE u.customer_id = %(customer)s AND u.claimed_at = %(at)s AND u.origin = 'portal' ORDER BY u.id
"""


@dataclass(frozen=True, slots=True)
class PlaceUsers:
    """How many new users a list has for a site and type."""

    site: UUID
    type: str
    users: int


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """An import as it stands.

    The running job has checked ``rows_done`` of ``rows``. ``errors`` are the first 1,000 of ``error_count``.
    """

    id: UUID
    state: State
    preview: bool
    confirmed: bool
    allocate_missing: bool
    expected_digest: str
    actor_kind: Literal["administrator", "api_key", "system"]
    actor_id: UUID | None
    door: Literal["screen", "api", "cli", "job"]
    kind: Kind
    file_name: str
    file_digest: str
    heads: list[str]
    fields: list[str]
    rows: int
    rows_done: int
    created: int
    places: list[PlaceUsers]
    errors: list[Problem]
    error_count: int
    refusal: str
    refusal_facts: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None

    @property
    def users(self) -> dict[Place, int]:
        """How many new users there are for each place."""
        return {(place.site, place.type): place.users for place in self.places}

    @property
    def refused(self) -> Refusal | None:
        """Why the file or its import was refused as a whole, if it was."""
        return kept_refusal(self.refusal, self.refusal_facts) if self.refusal else None

    @property
    def runs(self) -> bool:
        """Whether a job is at it, or will be."""
        return self.state in ("queued", "running")


IMPORT_COLUMNS = ", ".join(field.name for field in fields(ImportFacts))
_IMPORT = f"SELECT {IMPORT_COLUMNS} FROM user_import WHERE customer_id = %s AND id = %s"  # noqa: S608  our own names
_IMPORTS = f"""
SELECT {IMPORT_COLUMNS} FROM user_import
 WHERE customer_id = %(customer)s AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
 ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608  our own names


def user_import(grant: UserManager, *, import_id: UUID) -> ImportFacts:
    """One import of the customer. Raises ``not_found``."""
    facts = row_of(ImportFacts, _IMPORT, [grant.customer.id, import_id])
    if facts is None:
        raise not_found()
    return facts


def user_imports(grant: UserManager, *, before: UUID | None = None, limit: int) -> list[ImportFacts]:
    """The customer's imports, the newest first; ``before`` is the id of the last one seen."""
    return rows_of(ImportFacts, _IMPORTS, {"customer": grant.customer.id, "before": before, "limit": limit})


@dataclass(frozen=True, slots=True)
class CreatedUser:
    """A user whom an import created, as the user is now."""

    first_name: str
    last_name: str
    email: str
    site_name: str
    type_code: str
    extension: str


def created_users(grant: UserManager, facts: ImportFacts) -> list[CreatedUser]:
    """The users whom an import created, as they are now, in the order of the file; none before it is done."""
    if facts.state != "done":
        return []
    return rows_of(CreatedUser, _CREATED, {"customer": grant.customer.id, "at": facts.finished_at})


@dataclass(frozen=True, slots=True)
class _Site:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class _Tenant:
    id: UUID
    site_id: UUID
    tenant_uuid: UUID
    stack_name: str


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    field: str


def places(seen: CustomerSeen) -> Places:
    """What a file for this customer may name: sites, types, tenants."""
    sites = rows_of(_Site, _SITES, [seen.customer.id])
    tenants: dict[UUID, list[Named]] = {}
    for tenant in rows_of(_Tenant, _TENANTS, [seen.customer.id]):
        names = [str(tenant.tenant_uuid), tenant.stack_name]
        tenants.setdefault(tenant.site_id, []).append(Named(str(tenant.id), names))
    return Places(
        sites=Directory([Named(str(site.id), [site.name]) for site in sites]),
        types=Directory([Named(type_.code, [type_.name_fr, type_.name_en]) for type_ in subscription_types()]),
        tenants=tenants,
    )


def remembered_columns(seen: CustomerSeen) -> dict[str, str]:
    """What columns were for in earlier files of this customer, by :func:`strapontin.imports.columns.head_key`."""
    return {column.head: column.field for column in rows_of(_Column, _REMEMBERED, [seen.customer.id])}
