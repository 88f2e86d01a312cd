"""What may no longer change because it was billed: no invoice changes after it was issued (SPEC 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from strapontin.kit.database import row
from strapontin.kit.dates import local_date
from strapontin.refusals import Refusal

# Whoever requests a run takes the same lock: no run of the dates in question begins meanwhile.
_LOCK_RUNS = "SELECT pg_advisory_xact_lock(hashtext('billing_run'))"
_RUN_SINCE = "SELECT 1 AS found FROM billing_run WHERE date >= %s AND NOT preview LIMIT 1"
_ANY_CUSTOMER = "SELECT 1 AS found FROM customer LIMIT 1"


def keep_basis(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuses (``already_billed``) another ``allocation_billing_from`` where runs were billed on the present one.

    Those between the two dates would then have been billed on the wrong basis, and those after them would take
    another part of what was invoiced for a commitment.
    """
    if "allocation_billing_from" not in wanted:
        return
    row(_LOCK_RUNS)
    since = min(before["allocation_billing_from"], wanted["allocation_billing_from"])
    if row(_RUN_SINCE, [since]):
        raise Refusal("already_billed", date=since)


def keep_days(before: Mapping[str, Any], wanted: Mapping[str, Any], *, at: datetime) -> None:
    """Refuses (``day_would_repeat``) a ``time_zone`` in which it is still yesterday at ``at``.

    Seats added on a day that is over, with its lowering and its period, would be billed as seats beside them.
    """
    if "time_zone" not in wanted:
        return
    today = local_date(at, before["time_zone"])
    if local_date(at, wanted["time_zone"]) < today and row(_ANY_CUSTOMER):
        raise Refusal("day_would_repeat", date=today)
