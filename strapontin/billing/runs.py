"""Billing runs: one for each date that issues invoices, and previews (SPEC 7, Run).

A run keeps its cut. It bills each payer in one transaction: charges, invoice and number. So a run that was interrupted
at any point goes on with the payers that are not yet done, and ends in the same invoices.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from time import monotonic
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import system
from strapontin.access.grants import ProviderGrant
from strapontin.access.scope import acting, as_billing
from strapontin.allocations.openings import bring_to
from strapontin.billing.invoices import issue
from strapontin.billing.payers import FAULTS, PAYER, CurrentRun, Payer
from strapontin.billing.preview import preview_run
from strapontin.billing.rating import RATING, parameters
from strapontin.billing.taxes import taxation
from strapontin.billing.turns import (
    park_payer,
    park_without_payer,
    parked_payers,
    payers_left,
    take_parked,
    take_payer,
)
from strapontin.cycles.operations import complete_periods
from strapontin.journal.operations import record
from strapontin.kit.database import exists, row_of, run, statement, value_of
from strapontin.kit.dates import end_of_day
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid

logger = logging.getLogger(__name__)
EARLIEST, FARTHEST = date(1970, 1, 1), timedelta(days=366)

_BILL = statement(__file__, "bill_payer.sql").replace("{rating}", RATING)
_PROGRESS = statement(__file__, "progress.sql")
_EXISTING = "SELECT id FROM billing_run WHERE date = %s AND NOT preview"
# Its job is deferred once more: until that is done, the run waits. A run that ended has its parked customers to do.
_QUEUE_AGAIN = """
UPDATE billing_run r SET state = 'queued', error = ''
 WHERE id = %s AND (state = 'failed' OR (state = 'done'
       AND EXISTS (SELECT 1 FROM parked_customer p WHERE p.run_id = r.id)))
"""
_LATER = "SELECT 1 FROM billing_run WHERE date > %s AND NOT preview LIMIT 1"
_INSERT = """
INSERT INTO billing_run (id, date, preview, state, customers_total, customers_done, invoices, error, created_at)
VALUES (%s, %s, %s, 'queued', 0, 0, 0, '', %s)
"""
_REQUESTED = "SELECT date, preview FROM billing_run WHERE id = %s"
_START = """
UPDATE billing_run SET state = 'running', error = '', cut = coalesce(cut, least(%(now)s, %(end)s)),
       customers_total = (SELECT count(*) FROM customer WHERE NOT not_for_resale)
 WHERE id = %(run)s AND NOT (preview AND state = 'done')
RETURNING id, date, preview, cut, finished_at IS NOT NULL AS ended
"""
_FINISH = "UPDATE billing_run SET state = 'done', finished_at = %s WHERE id = %s"
# One transaction at a time bills a payer, at whatever date: each must see what the others have invoiced.
_LOCK_PAYER = "SELECT pg_advisory_xact_lock(hashtext('payer'), hashtext(%s))"


@dataclass(frozen=True, slots=True)
class _Requested:
    date: date
    preview: bool


@dataclass(frozen=True, slots=True)
class _Billed:
    """What the statement did for a payer: ``lines`` charged over ``net``, and how many customers were parked."""

    lines: int
    net: Decimal
    parked: int


def request_run(grant: ProviderGrant, *, date: date, preview: bool, settings: Settings, at: datetime) -> UUID:
    """Creates the run of ``date``, or finds it; answers its id. A job executes it.

    A run that is found waits again, if it stopped by a fault or has parked customers. A preview is new each time.
    Raises ``invalid`` for a date before 1970 or more than a year ahead, ``date_in_future`` for issuing beyond today,
    ``run_out_of_order`` if a later date was already issued and this one was not: there is nothing to preview either.
    Raises ``issuer_incomplete`` for issuing, with the ``fields`` that an invoice has to name.
    """
    if not EARLIEST <= date <= settings.day(at) + FARTHEST:
        # A run opens each period until its date, for every customer.
        raise invalid(_("The date of a run lies between 1970 and a year from today."), field="date")
    with as_billing():
        if not preview:
            if missing := settings.issuer_missing:
                raise Refusal("issuer_incomplete", fields=missing)
            run("SELECT pg_advisory_xact_lock(hashtext('billing_run'))")
        existing = value_of(UUID, _EXISTING, [date])
        if existing and not preview:
            run(_QUEUE_AGAIN, [existing])
            return existing
        if not preview and date > settings.day(at):
            raise Refusal("date_in_future")
        if not existing and exists(_LATER, [date]):
            raise Refusal("run_out_of_order")
        run_id = new_id()
        run(_INSERT, [run_id, date, preview, at])
    after = {"date": date, "preview": preview}
    record(grant.actor, action="billing_run.request", at=at, object_id=run_id, after=after)
    return run_id


def execute_run(*, run_id: UUID, settings: Settings, at: datetime) -> None:
    """Does what is left of a run: every payer not yet done, then those with parked customers once more.

    It may be called again after a crash, or by two workers at once: the one that inserts a payer's row bills it.
    Leaves out payers that a run of a later date has billed. If the data of a payer cannot be billed, parks all its
    customers and goes on. While facts of the issuer are missing, a run waits; a preview does not.
    """
    actor, begun = system("job"), monotonic()
    with acting(actor, "billing"):
        requested = row_of(_Requested, _REQUESTED, [run_id])
        if requested is None:
            return
        if settings.issuer_missing and not requested.preview:
            logger.warning("billing run %s waits: of the issuer, %s is missing", run_id, settings.issuer_missing)
            return
        end = end_of_day(requested.date, settings.time_zone)
        current = row_of(CurrentRun, _START, {"run": run_id, "now": at, "end": end})
    if current is None:
        return
    if current.preview:
        with acting(actor, "billing"):
            preview_run(current, settings=settings, at=at)
            run(_FINISH, [at + timedelta(seconds=monotonic() - begun), run_id])
        return
    _Execution(current, settings, at).bill_all()
    with acting(actor, "billing"):
        park_without_payer(current)
        run(_FINISH, [at + timedelta(seconds=monotonic() - begun), run_id])


class _Execution:
    """A run that issues invoices: each payer in a transaction of its own."""

    def __init__(self, current: CurrentRun, settings: Settings, at: datetime) -> None:
        self.current = current
        self.settings = settings
        self.at = at
        self.begun = monotonic()
        self.actor = system("job")

    def now(self) -> datetime:
        """The moment on the installation's clock: a long run may issue invoices after midnight."""
        return self.at + timedelta(seconds=monotonic() - self.begun)

    def bill_all(self) -> None:
        """Bills the payers that are left, and the customers that the run parked when it last ended."""
        with acting(self.actor, "billing"):
            bring_to(self.current.date, at=self.at)
            complete_periods()
        with acting(self.actor, "billing"):
            payers, parked = payers_left(self.current), parked_payers(self.current)
        for payer_id in payers:
            self.bill_payer(payer_id)
        for payer_id in parked:
            self.bill_parked(payer_id)

    def bill_payer(self, payer_id: UUID) -> None:
        """Bills all customers of a payer, or parks them if that is not possible."""
        try:
            with acting(self.actor, "billing"):
                run(_LOCK_PAYER, [str(payer_id)])
                if take_payer(self.current, payer_id, at=self.at):
                    _bill(self.current, payer_id, None, self.settings, self.now())
        except FAULTS:
            logger.exception("payer %s could not be billed", payer_id)
            with acting(self.actor, "billing"):
                if take_payer(self.current, payer_id, at=self.at):
                    park_payer(self.current, payer_id)
                    _count(self.current, payer_id, invoices=0, first=True)

    def bill_parked(self, payer_id: UUID) -> None:
        """Bills the parked customers of a payer; they stay parked if that is not possible."""
        try:
            with acting(self.actor, "billing"):
                run(_LOCK_PAYER, [str(payer_id)])
                if customers := take_parked(self.current, payer_id):
                    _bill(self.current, payer_id, customers, self.settings, self.now())
        except FAULTS:
            logger.exception("payer %s could not be billed", payer_id)


def _bill(current: CurrentRun, payer_id: UUID, customers: list[UUID] | None, settings: Settings, at: datetime) -> None:
    """Bills one payer inside the open transaction: all of its customers, or those that were parked."""
    payer = row_of(Payer, PAYER, [payer_id])
    if payer is None:
        raise RuntimeError("there is no such payer")
    tax = taxation(payer, issuer_country=settings.country)
    invoice_id = new_id()
    rated = parameters(date=current.date, cut=current.cut, settings=settings, customer_ids=customers, payer_id=payer_id)
    billed = row_of(_Billed, _BILL, {**rated, "run": current.id, "invoice": invoice_id, "tax_fault": tax.fault})
    if billed is None:
        raise RuntimeError("rating answered nothing")
    if billed.lines:
        issue(current, payer, invoice_id=invoice_id, net=billed.net, rules=tax.rules, settings=settings, at=at)
    _count(current, payer_id, invoices=int(billed.lines > 0), first=customers is None)


def _count(current: CurrentRun, payer_id: UUID, *, invoices: int, first: bool) -> None:
    payer = {"run": current.id, "payer": payer_id, "date": current.date}
    run(_PROGRESS, payer | {"first": first, "invoices": invoices})


def fail_run(*, run_id: UUID, error: str) -> None:
    """Marks a run that stopped by a fault. If its date is requested again, it goes on."""
    with acting(system("job"), "billing"):
        run(
            "UPDATE billing_run SET state = 'failed', error = %s WHERE id = %s AND state <> 'done'",
            [error, run_id],
        )
