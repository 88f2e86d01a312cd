"""Writing the installation's settings (SPEC 3 to 8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from strapontin.access.grants import ProviderGrant
from strapontin.journal.operations import record
from strapontin.kit.changes import different, update
from strapontin.kit.database import row
from strapontin.provider.invoiced import keep_basis, keep_days
from strapontin.refusals import expect_version, not_found

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
_LOCK_SETTINGS = "SELECT * FROM installation WHERE id = 1 FOR UPDATE"


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
    expect_version(expected_version, before["version"])
    wanted = different({f: v for f, v in changes.items() if f in SETTINGS_FIELDS}, before)
    if not wanted:
        return
    keep_basis(before, wanted)
    keep_days(before, wanted, at=at)
    update("installation", {"id": 1}, wanted)
    before_change = {field: before[field] for field in wanted}
    record(grant.actor, action="settings.change", at=at, before=before_change, after=wanted)
