"""The worker's tasks. Each does one operation, may be killed at any point, and may be done again."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.invitations import send_invitation, send_reset_link
from strapontin.access.scope import acting
from strapontin.billing.runs import execute_run, fail_run
from strapontin.imports.bulk_execution import execute_bulk_allocation, left_bulk_allocations
from strapontin.imports.execution import execute_import, left_imports
from strapontin.jobs import requests
from strapontin.jobs.daily import begin_day, customers_with_open_calls, customers_with_stacks, look_ahead
from strapontin.jobs.letters import plan_letters, send_letters
from strapontin.organisation.settings import Settings, load
from strapontin.requests import messages
from strapontin.stacks.provisioner import AT_ONCE, make_calls
from strapontin.stacks.reader import SILENT_FOR
from strapontin.stacks.sync import execute_synchronization

# A silent stack is asked again after this time, then after twice as long: for an hour and a half in all.
ASKED_AGAIN_AFTER = SILENT_FOR + timedelta(seconds=5)
MOST_ATTEMPTS = 5
# Letters are written from this hour on, in the provider's time zone.
LETTERS_FROM = 7

logger = logging.getLogger(__name__)


def clock() -> tuple[Settings, datetime]:
    """The settings and the moment, read inside a scope."""
    settings = load()
    return settings, settings.now()


def clock_outside() -> tuple[Settings, datetime]:
    """As :func:`clock`, in a transaction of its own."""
    with acting(system("job")):
        return clock()


@app.task(name="bill", queue="billing", pass_context=False)
def bill(run_id: str) -> None:
    """Executes a billing run, or continues it."""
    settings, at = clock_outside()
    try:
        execute_run(run_id=UUID(run_id), settings=settings, at=at)
    except Exception as error:
        logger.exception("billing run %s stopped", run_id)
        fail_run(run_id=UUID(run_id), error=type(error).__name__)
        raise


@app.task(name="synchronize", queue="stacks")
def synchronize(customer_id: str, synchronization_id: str, attempt: int = 0) -> None:
    """Reads a customer's stacks. If one is left out since it is silent, all are read again later, some times."""
    left_out = execute_synchronization(
        customer_id=UUID(customer_id), synchronization_id=UUID(synchronization_id), clock=clock
    )
    if left_out and attempt < MOST_ATTEMPTS:
        seconds = int(ASKED_AGAIN_AFTER.total_seconds()) * 2**attempt
        with suppress(AlreadyEnqueued), acting(system("job")):
            synchronize_again.configure(schedule_in={"seconds": seconds}, queueing_lock=f"again-{customer_id}").defer(
                customer_id=customer_id, attempt=attempt + 1
            )


@app.task(name="synchronize_again", queue="stacks")
def synchronize_again(customer_id: str, attempt: int) -> None:
    """Asks for another synchronisation of a customer one of whose stacks was silent."""
    _, at = clock_outside()
    actor = system("job")
    with acting(actor):
        requests.synchronize(grants.customer(actor, UUID(customer_id)), at=at, attempt=attempt)


@app.task(name="provision", queue="stacks")
def provision(customer_id: str) -> None:
    """Makes a customer's open calls to stacks. After an import there are many: another job goes on with the rest."""
    if make_calls(customer_id=UUID(customer_id), clock=clock) >= AT_ONCE:
        with acting(system("job")):
            provision.defer(customer_id=customer_id)


@app.task(name="import_users", queue="imports")
def import_users(customer_id: str, import_id: str) -> None:
    """Checks a list of users and, if it is confirmed, imports it whole."""
    execute_import(customer_id=UUID(customer_id), import_id=UUID(import_id), clock=clock)


@app.task(name="allocate_in_bulk", queue="imports")
def allocate_in_bulk(bulk_id: str) -> None:
    """Checks a bulk change of allocations and, if it is confirmed, makes it whole."""
    execute_bulk_allocation(bulk_id=UUID(bulk_id), clock=clock)


@app.periodic(cron="* * * * *")
@app.task(name="resume_imports", queue="imports", queueing_lock="resume_imports")
def resume_imports(timestamp: int) -> None:
    """Takes up imports and bulk changes whose worker was killed."""
    for left in left_imports():
        execute_import(customer_id=left.customer_id, import_id=left.id, clock=clock)
    for bulk_id in left_bulk_allocations():
        execute_bulk_allocation(bulk_id=bulk_id, clock=clock)


@app.task(name="invite", queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def invite(administrator_id: str) -> None:
    """Sends an invitation. Tries again for about a day if the mail server does not answer."""
    # Only the door may read logins.
    with acting(system("job"), "door"):
        send_invitation(administrator_id=UUID(administrator_id))


@app.task(name="reset_password", queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def reset_password(email: str) -> None:
    """Sends a link to choose another password, if somebody signs in with this address. Tries again for about a day."""
    with acting(system("job"), "door"):
        send_reset_link(email=email)


@app.task(name="tell_of_request", queue="mail")
def tell_of_request(customer_id: str, request_id: str, event: messages.Event) -> None:
    """Has everybody written to who is to be told of a request for seats."""
    messages.tell_of_request(customer_id=UUID(customer_id), request_id=UUID(request_id), event=event)


@app.task(name="write_of_request", queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def write_of_request(customer_id: str, request_id: str, administrator_id: str, event: messages.Event) -> None:
    """Writes to one administrator about a request. Tries again for about a day if the mail server does not answer."""
    messages.write_of_request(
        customer_id=UUID(customer_id),
        request_id=UUID(request_id),
        administrator_id=UUID(administrator_id),
        event=event,
    )


@app.periodic(cron="*/10 * * * *")
@app.task(name="daily", queue="daily", queueing_lock="daily")
def daily(timestamp: int) -> None:
    """Does the work of the day. Runs every ten minutes: a day begins soon after midnight. Repeating it is harmless."""
    settings, at = clock_outside()
    for run_id in begin_day(settings=settings, at=at):
        bill.defer(run_id=str(run_id))
    look_ahead(settings.day(at), settings=settings)
    if at.astimezone(ZoneInfo(settings.time_zone)).hour >= LETTERS_FROM:
        _ask_for_letters()


@app.task(name="letters", queue="mail", queueing_lock="letters")
def letters() -> None:
    """Plans the letters of the day, and sends some of those planned. The next job sends the others."""
    settings, at = clock_outside()
    plan_letters(today=settings.day(at))
    if send_letters(at=at):
        _ask_for_letters()


def _ask_for_letters() -> None:
    with suppress(AlreadyEnqueued), acting(system("job")):
        letters.defer()


@app.periodic(cron="* * * * *")
@app.task(name="retry_calls", queue="stacks", queueing_lock="retry_calls")
def retry_calls(timestamp: int) -> None:
    """Takes up calls to stacks that were interrupted or did not get through."""
    _, at = clock_outside()
    silent: set[UUID] = set()
    for customer_id in customers_with_open_calls(at=at):
        try:
            make_calls(customer_id=customer_id, clock=clock, silent=silent)
        except Exception as error:
            # Only its name: the text of a database's error quotes values.
            logger.error("calls of customer %s were not made: %s", customer_id, type(error).__name__)


@app.periodic(cron="10 2 * * *")
@app.task(name="nightly", queue="daily", queueing_lock="nightly")
def nightly(timestamp: int) -> None:
    """Asks for a synchronisation of every customer with a stack (SPEC 6)."""
    _, at = clock_outside()
    actor = system("job")
    for customer_id in customers_with_stacks():
        with acting(actor):
            requests.synchronize(grants.customer(actor, customer_id), at=at)
