"""The work of a day: periods that begin, the month that closed, what is ahead, automatic billing (SPEC 4)."""

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
from strapontin.jobs.steps import finish_step, step_is_due
from strapontin.kit.database import exists, values_of
from strapontin.organisation.settings import Settings, load
from strapontin.outlook.refresh import customers_after, refresh

_BILLED_SINCE = "SELECT 1 FROM billing_run WHERE date >= %s AND NOT preview LIMIT 1"
# A run that stopped by a fault is tried again. A preview is not: it can be asked for again.
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
        if settings.automatic_billing and not settings.issuer_missing:
            _bill_automatically(grants.provider(actor), today, settings, at)
    with acting(actor):
        return values_of(UUID, _UNFINISHED)


def look_ahead(today: date, *, settings: Settings) -> None:
    """Writes what is ahead of all customers, once a day; the other times, whether what is written still holds.

    One transaction for each thousand customers.
    """
    actor = system("job")
    with acting(actor, "worker"):
        whole = step_is_due("outlook", today)
    last = UUID(int=0)
    while True:
        with acting(actor):
            customers = customers_after(last, listed=not whole)
            if not customers:
                break
            refresh(customers, settings=settings, today=today, before_letters=whole)
        last = customers[-1]
    if whole:
        with acting(actor, "worker"):
            finish_step("outlook", today)


def _bill_automatically(provider: ProviderGrant, today: date, settings: Settings, at: datetime) -> None:
    """Requests the run of the latest invoice day. So a day is made up for on which the worker was down.

    Requests none if there is a run of that date or a later one already, by hand or on another invoice day.
    """
    day = today.replace(day=settings.invoice_day)
    if day > today:
        day = (day.replace(day=1) - timedelta(days=1)).replace(day=settings.invoice_day)
    if not exists(_BILLED_SINCE, [day]):
        request_run(provider, date=day, preview=False, settings=settings, at=at)


def work_day(day: date, at: datetime) -> None:
    """Does the work of ``day`` from beginning to end, when the clock of a sandbox passes over it."""
    for run_id in begin_day(settings=load(), at=at):
        # Settings are read again: after a run is requested, those that it is based on cannot change.
        execute_run(run_id=run_id, settings=load(), at=at)
    look_ahead(day, settings=load())


def customers_with_open_calls(*, at: datetime) -> list[UUID]:
    """Customers with an open call to a stack that is due."""
    with acting(system("job"), "worker"):
        return values_of(UUID, _OPEN_CALLS, [at])


def customers_with_stacks() -> list[UUID]:
    """Customers with a stack tenant."""
    with acting(system("job"), "worker"):
        return values_of(UUID, _WITH_STACK)
