"""The work of a day: periods that begin, the month that closed, billing where it is automatic (SPEC 4, API clock)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.grants import ProviderGrant
from strapontin.access.scope import acting
from strapontin.allocations.openings import bring_to
from strapontin.billing.runs import execute_run, request_run
from strapontin.customers.months import close_month_before
from strapontin.kit.database import exists, values_of
from strapontin.organisation.settings import Settings, load

_BILLED_SINCE = "SELECT 1 FROM billing_run WHERE date >= %s AND NOT preview LIMIT 1"
# A run that stopped by a fault is tried again; a preview is not, it can be asked for again.
_UNFINISHED = """
SELECT id FROM billing_run WHERE state <> 'done' AND (NOT preview OR state <> 'failed') ORDER BY date, id
"""
_OPEN_CALLS = """
SELECT DISTINCT customer_id FROM stack_call WHERE state IN ('waiting', 'sent') AND due_at <= %s ORDER BY customer_id
"""
_WITH_STACK = "SELECT DISTINCT customer_id FROM site_tenant ORDER BY customer_id"


def begin_day(*, settings: Settings, at: datetime) -> list[UUID]:
    """Does the work of the local day of ``at``; answers the billing runs that are now to be executed.

    Among them are runs and previews whose worker was killed. Repeating it changes nothing.
    """
    actor = system("job")
    today = settings.day(at)
    with acting(actor):
        bring_to(today, at=at)
        close_month_before(today)
    with acting(actor):
        if settings.automatic_billing:
            _bill_automatically(grants.provider(actor), today, settings, at)
    with acting(actor):
        return values_of(UUID, _UNFINISHED)


def _bill_automatically(provider: ProviderGrant, today: date, settings: Settings, at: datetime) -> None:
    """Requests the run of the latest invoice day, so that a day on which the worker was down is made up for.

    After a run of that date or of a later one, by hand or on another invoice day, the next one comes in its turn.
    """
    day = today.replace(day=settings.invoice_day)
    if day > today:
        day = (day.replace(day=1) - timedelta(days=1)).replace(day=settings.invoice_day)
    if not exists(_BILLED_SINCE, [day]):
        request_run(provider, date=day, preview=False, settings=settings, at=at)


def work_day(day: date, at: datetime) -> None:
    """The work of ``day`` from beginning to end, for a sandbox whose clock passes over it."""
    for run_id in begin_day(settings=load(), at=at):
        # Read once more: from the request of a run on, what it is based on cannot change.
        execute_run(run_id=run_id, settings=load(), at=at)


def customers_with_open_calls(*, at: datetime) -> list[UUID]:
    """Customers whose calls to a stack are due once more."""
    with acting(system("job"), "worker"):
        return values_of(UUID, _OPEN_CALLS, [at])


def customers_with_stacks() -> list[UUID]:
    """Customers whose users live on a stack."""
    with acting(system("job"), "worker"):
        return values_of(UUID, _WITH_STACK)
