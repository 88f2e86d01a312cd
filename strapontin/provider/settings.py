"""Writing the installation's settings (SPEC 3 to 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from strapontin.access.grants import ProviderGrant
from strapontin.journal.operations import record
from strapontin.kit.changes import different, update, values
from strapontin.kit.rows import json_of
from strapontin.organisation.settings import load
from strapontin.provider.identity import identity_checked
from strapontin.provider.invoiced import keep_basis, keep_days
from strapontin.provider.issuer import numbers_checked
from strapontin.refusals import expect_version

SETTINGS_FIELDS = frozenset(
    (
        "name",
        "address",
        "street",
        "postcode",
        "city",
        "siren",
        "siret",
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
        "retention",
        "stack_networks",
    )
)


def change_settings(
    grant: ProviderGrant,
    *,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    at: datetime,
) -> None:
    """Changes the provider's own facts and the rules' parameters (SPEC 4, 5, 7).

    ``retention`` among the changes holds the days of some kinds; the others stay. Raises ``changed_meanwhile``,
    ``already_billed``, ``day_would_repeat``, and ``invalid`` for a VAT number that the country does not have and for a
    SIREN or SIRET that cannot be.
    """
    before = load(lock=True)
    expect_version(expected_version, before.version)
    asked = {field: value for field, value in changes.items() if field in SETTINGS_FIELDS}
    if "retention" in asked:
        asked["retention"] = replace(before.retention, **asked["retention"])
    after = different(numbers_checked(identity_checked(asked, before), before), before)
    if not after:
        return
    keep_basis(before, after)
    keep_days(before, after, at=at)
    kept = {field: json_of(value) if field == "retention" else value for field, value in after.items()}
    update("installation", {"id": 1}, kept)
    record(grant.actor, action="settings.change", at=at, before=_told(values(after, before)), after=_told(after))


def _told(facts: Mapping[str, Any]) -> dict[str, object]:
    return {field: asdict(value) if field == "retention" else value for field, value in facts.items()}
