"""Writing the installation's settings (SPEC 3 to 8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from strapontin.access.grants import ProviderGrant
from strapontin.journal.operations import record
from strapontin.kit.changes import different, update, values
from strapontin.organisation.settings import load
from strapontin.provider.invoiced import keep_basis, keep_days
from strapontin.refusals import expect_version

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

    Raises ``changed_meanwhile``, ``already_billed`` and ``day_would_repeat``.
    """
    before = load(lock=True)
    expect_version(expected_version, before.version)
    after = different({field: value for field, value in changes.items() if field in SETTINGS_FIELDS}, before)
    if not after:
        return
    keep_basis(before, after)
    keep_days(before, after, at=at)
    update("installation", {"id": 1}, after)
    record(grant.actor, action="settings.change", at=at, before=values(after, before), after=after)
