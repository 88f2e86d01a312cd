"""Writing partners, sites and the installation's settings (SPEC 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from strapontin.access import grants
from strapontin.access.grants import CustomerEditor, ProviderGrant
from strapontin.journal.operations import record
from strapontin.kit.database import row, run
from strapontin.kit.ids import new_id
from strapontin.organisation.invoiced import keep_basis, keep_currency, keep_days
from strapontin.organisation.moves import lock_moves, move_partner
from strapontin.organisation.periods import open_started
from strapontin.refusals import Refusal, not_found

PARTNER_FIELDS = frozenset(
    ("name", "level", "country", "region", "vat_number", "address", "currency", "language", "payer")
)
SETTINGS_FIELDS = frozenset(
    (
        "name",
        "address",
        "country",
        "vat_number",
        "currency",
        "language",
        "time_zone",
        "contact",
        "seats_enforced_from",
        "allocation_billing_from",
        "hand_back_days",
        "alignment",
        "invoice_day",
        "automatic_billing",
    )
)
_FIXED_FOR_PERIODS = frozenset(("level", "currency", "payer", "parent_id"))
# What could name or reach a person stays out of the journal (SPEC 11).
_PERSONAL = frozenset(("address", "contact"))

# Not FOR UPDATE: a period that opens refers to its payer, while holding the customer that a move asks for next.
_LOCK_PARTNER = "SELECT * FROM partner WHERE id = %s FOR NO KEY UPDATE"
_LOCK_SETTINGS = "SELECT * FROM installation WHERE id = 1 FOR UPDATE"
_LOCK_SITE = "SELECT name, address, version FROM site WHERE customer_id = %s AND id = %s FOR UPDATE"
_INSERT_SITE = """
INSERT INTO site (customer_id, id, name, address, created_at, version) VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class NewPartner:
    """A partner to be made; ``parent_id`` is ``None`` for one right below the provider."""

    name: str
    parent_id: UUID | None = None
    level: str = "bronze"
    country: str = ""
    region: str = ""
    vat_number: str = ""
    address: str = ""
    currency: str = "EUR"
    language: str = "fr"
    payer: bool = True


def create_partner(grant: ProviderGrant, *, new: NewPartner, at: datetime) -> UUID:
    """Adds a partner and answers its id.

    Level, currency and payer decide what is paid, so partners are the provider's. Raises ``not_found`` for a
    parent that is none.
    """
    partner_id = new_id()
    path = [partner_id]
    if new.parent_id is not None:
        lock_moves()
        path = [*grants.partner(grant.actor, new.parent_id).partner.path, partner_id]
    facts = asdict(new) | {"id": partner_id, "path": [str(part) for part in path], "at": at}
    run(
        "INSERT INTO partner (id, name, parent_id, path, level, country, region, vat_number, address, currency,"
        " language, payer, created_at, version) VALUES (%(id)s, %(name)s, %(parent_id)s, %(path)s::uuid[],"
        " %(level)s, %(country)s, %(region)s, %(vat_number)s, %(address)s, %(currency)s, %(language)s, %(payer)s,"
        " %(at)s, 1)",
        facts,
    )
    record(
        actor=grant.actor,
        at=at,
        action="partner.create",
        object_kind="partner",
        object_id=partner_id,
        partner_path=path,
        after=_public(asdict(new)),
    )
    return partner_id


def change_partner(
    grant: ProviderGrant,
    *,
    partner_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    at: datetime,
) -> None:
    """Changes a partner; ``changes`` may hold ``parent_id``, which moves it with everything below.

    Periods that have started keep their payer and prices (SPEC 3). Raises ``not_found``, ``changed_meanwhile``,
    ``would_loop`` for a partner under itself, and ``currency_in_use``.
    """
    if "parent_id" in changes:
        lock_moves()
    if not _FIXED_FOR_PERIODS.isdisjoint(changes):
        open_started(at=at)
    before = row(_LOCK_PARTNER, [partner_id])
    if before is None:
        raise not_found()
    _same_version(before, expected_version)
    wanted = _different({f: v for f, v in changes.items() if f in PARTNER_FIELDS | {"parent_id"}}, before)
    if not wanted:
        return
    keep_currency(partner_id, wanted)
    if "parent_id" in wanted:
        move_partner(grant, partner_id=partner_id, parent_id=wanted["parent_id"])
    _update("partner", "id = %(id)s", wanted, {"id": partner_id})
    record(
        actor=grant.actor,
        at=at,
        action="partner.change",
        object_kind="partner",
        object_id=partner_id,
        partner_path=before["path"],
        before=_public({field: before[field] for field in wanted}),
        after=_public(wanted),
    )


def create_site(grant: CustomerEditor, *, name: str, address: str = "", at: datetime) -> UUID:
    """Adds a site to the customer and answers its id; ``already_exists`` for a name it has already."""
    site_id = new_id()
    if not run(_INSERT_SITE, [grant.customer.id, site_id, name, address, at]):
        raise Refusal("already_exists", explanation=name, field="name")
    _record_site(grant, site_id, "site.create", {}, {"name": name, "address": address}, at)
    return site_id


def change_site(
    grant: CustomerEditor,
    *,
    site_id: UUID,
    changes: Mapping[str, str],
    expected_version: int | None = None,
    at: datetime,
) -> None:
    """Changes a site's name or address.

    Raises ``not_found``, ``changed_meanwhile``, and ``already_exists`` for another site's name.
    """
    before = row(_LOCK_SITE, [grant.customer.id, site_id])
    if before is None:
        raise not_found()
    _same_version(before, expected_version)
    wanted = _different({f: v for f, v in changes.items() if f in ("name", "address")}, before)
    if not wanted:
        return
    try:
        with transaction.atomic():
            _update(
                "site",
                "customer_id = %(customer)s AND id = %(id)s",
                wanted,
                {"customer": grant.customer.id, "id": site_id},
            )
    except IntegrityError as error:
        raise Refusal("already_exists", explanation=str(wanted.get("name", "")), field="name") from error
    _record_site(grant, site_id, "site.change", {field: before[field] for field in wanted}, wanted, at)


def change_settings(
    grant: ProviderGrant,
    *,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    at: datetime,
) -> None:
    """Changes the provider's own facts and the rules' parameters (SPEC 4, 5, 7).

    Raises ``changed_meanwhile``, ``already_billed`` and ``day_would_repeat``.
    """
    before = row(_LOCK_SETTINGS)
    if before is None:
        raise not_found()
    _same_version(before, expected_version)
    wanted = _different({f: v for f, v in changes.items() if f in SETTINGS_FIELDS}, before)
    if not wanted:
        return
    keep_basis(before, wanted)
    keep_days(before, wanted, at=at)
    _update("installation", "id = %(id)s", wanted, {"id": 1})
    record(
        actor=grant.actor,
        at=at,
        action="settings.change",
        object_kind="settings",
        object_id=None,
        partner_path=[],
        before=_public({field: before[field] for field in wanted}),
        after=_public(wanted),
    )


def _same_version(before: Mapping[str, Any], expected: int | None) -> None:
    if expected is not None and before["version"] != expected:
        raise Refusal("changed_meanwhile")


def _different(changes: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in changes.items() if before[field] != value}


def _update(table: str, where: str, wanted: Mapping[str, Any], key: Mapping[str, Any]) -> None:
    # Column names come from the sets above, never from a request.
    columns = ", ".join(f"{field} = %(new_{field})s" for field in wanted)
    run(
        f"UPDATE {table} SET {columns}, version = version + 1 WHERE {where}",  # noqa: S608
        {f"new_{field}": value for field, value in wanted.items()} | dict(key),
    )


def _public(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field: "…" if field in _PERSONAL else value.isoformat() if isinstance(value, date) else value
        for field, value in facts.items()
    }


def _record_site(
    grant: CustomerEditor,
    site_id: UUID,
    action: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    at: datetime,
) -> None:
    record(
        actor=grant.actor,
        at=at,
        action=action,
        object_kind="site",
        object_id=site_id,
        partner_path=grant.customer.partner_path,
        customer_id=grant.customer.id,
        before=_public(before),
        after=_public(after),
    )
