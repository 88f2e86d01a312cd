"""Deletes what no invoice and no history needs any more, in small transactions.

The ledger, seat events, the journal, charges and invoices are never deleted. Each room states what it deletes in an SQL
file; its place here is :data:`RULES`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.imports.states import BULK_ALLOCATIONS, KEPT_DAYS, USER_IMPORTS
from strapontin.kit.database import run, statement, values_of
from strapontin.organisation.settings import Retention, Settings
from strapontin.requests.erasure import DELETE_REQUESTS
from strapontin.seats.erasure import DELETE_CALLS, users_removed_before
from strapontin.stacks.readings import DELETE_SYNCHRONIZATIONS

logger = logging.getLogger(__name__)

BATCH = 1000
# A night that found nothing to tell is kept until the next one has passed.
UNCHANGED_NIGHTS = 1
_DELETE_JOBS = statement(__file__, "delete_jobs.sql")
_CUSTOMERS = "SELECT id FROM customer WHERE id > %s ORDER BY id LIMIT %s"


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows that go ``days`` days after they ended. ``sql`` deletes at most ``limit`` rows of before a moment.

    ``by_real_time``: also in a sandbox, whose clock may be set.
    """

    sql: str
    days: Callable[[Retention], int]
    values: Mapping[str, bool]
    by_real_time: bool = False


RULES = (
    Rule(DELETE_SYNCHRONIZATIONS, lambda kept: kept.synchronizations, {"unchanged": False}),
    Rule(DELETE_SYNCHRONIZATIONS, lambda _kept: UNCHANGED_NIGHTS, {"unchanged": True}),
    Rule(USER_IMPORTS.forget, lambda _kept: KEPT_DAYS, {}),
    Rule(BULK_ALLOCATIONS.forget, lambda _kept: KEPT_DAYS, {}),
    Rule(DELETE_CALLS, lambda kept: kept.stack_calls, {}),
    Rule(DELETE_REQUESTS, lambda kept: kept.requests, {}),
    Rule(_DELETE_JOBS, lambda kept: kept.failed_jobs, {}, by_real_time=True),
)


def delete_old(*, settings: Settings, at: datetime, batch: int = BATCH) -> int:
    """Deletes what is older than the settings allow, ``batch`` rows in a transaction; answers how many rows.

    It may be killed, and repeated.
    """
    deleted = 0
    for rule in RULES:
        if not (days := rule.days(settings.retention)):
            continue
        before = (datetime.now(UTC) if rule.by_real_time else at) - timedelta(days=days)
        while True:
            with acting(system("job"), "worker"):
                rows = run(rule.sql, {**rule.values, "before": before, "limit": batch})
            deleted += rows
            if rows < batch:
                break
    return deleted


def users_to_erase(*, settings: Settings, at: datetime, batch: int = BATCH) -> list[tuple[UUID, UUID]]:
    """Customers and their users who were removed long enough ago; none if personal data is kept for ever."""
    if not settings.retention.removed_users:
        return []
    before = at - timedelta(days=settings.retention.removed_users)
    actor, last, users = system("job"), UUID(int=0), list[tuple[UUID, UUID]]()
    while True:
        with acting(actor):
            customer_ids = values_of(UUID, _CUSTOMERS, [last, batch])
            for customer_id in customer_ids:
                grants.customer(actor, customer_id)
                users += [(customer_id, user_id) for user_id in users_removed_before(customer_id, before)]
        if len(customer_ids) < batch:
            return users
        last = customer_ids[-1]
