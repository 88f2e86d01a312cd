"""Creating, changing and moving partners (SPEC 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access import grants
from strapontin.access.grants import PARTNER_COLUMNS, PartnerFacts, ProviderGrant
from strapontin.allocations.openings import bring_to
from strapontin.journal.operations import record
from strapontin.kit.changes import different, update, values
from strapontin.kit.database import row_of, run
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import load
from strapontin.provider.identity import identity_checked
from strapontin.provider.invoiced import keep_currency
from strapontin.provider.moves import lock_moves, move_partner
from strapontin.refusals import expect_version, not_found

_CHANGEABLE = frozenset(
    ("name", "level", "country", "region", "vat_number", "address", "currency", "language", "payer", "parent_id")
)
_FIXED_FOR_PERIODS = frozenset(("level", "currency", "payer", "parent_id"))

_INSERT = """
INSERT INTO partner (id, name, parent_id, path, level, country, region, vat_number, address, currency, language, payer,
                     created_at, version)
VALUES (%(id)s, %(name)s, %(parent_id)s, %(path)s::uuid[], %(level)s, %(country)s, %(region)s, %(vat_number)s,
        %(address)s, %(currency)s, %(language)s, %(payer)s, %(at)s, 1)
"""
# Not FOR UPDATE: an opening period refers to its payer while it holds the customer that a move locks next.
_LOCK_PARTNER = f"SELECT {PARTNER_COLUMNS} FROM partner WHERE id = %s FOR NO KEY UPDATE"  # noqa: S608  our own names


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

    Only the provider may: level, currency and payer decide what is paid. Raises ``not_found`` if there is no such
    parent, ``invalid`` for a region or VAT number that the country does not have.
    """
    new = replace(new, **identity_checked(asdict(new)))
    partner_id = new_id()
    path = [partner_id]
    if new.parent_id is not None:
        lock_moves()
        path = [*grants.partner(grant.actor, new.parent_id).partner.path, partner_id]
    facts = asdict(new) | {"id": partner_id, "path": [str(part) for part in path], "at": at}
    run(_INSERT, facts)
    record(grant.actor, action="partner.create", at=at, object_id=partner_id, partner_path=path, after=asdict(new))
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
    ``would_loop`` for a partner under itself, ``currency_in_use``, and ``invalid`` as :func:`create_partner`.
    """
    if "parent_id" in changes:
        lock_moves()
    if not _FIXED_FOR_PERIODS.isdisjoint(changes):
        bring_to(load().day(at), at=at)
    before = row_of(PartnerFacts, _LOCK_PARTNER, [partner_id])
    if before is None:
        raise not_found()
    expect_version(expected_version, before.version)
    asked = {field: value for field, value in changes.items() if field in _CHANGEABLE}
    after = different(identity_checked(asked, before), before)
    if not after:
        return
    if "parent_id" in after:
        move_partner(grant, partner_id=partner_id, parent_id=after["parent_id"])
    # After the customers that a move locks: an opening period refers to its payer while it holds its customer.
    keep_currency(partner_id, after)
    update("partner", {"id": partner_id}, after)
    record(
        grant.actor,
        action="partner.change",
        at=at,
        object_id=partner_id,
        partner_path=before.path,
        before=values(after, before),
        after=after,
    )
