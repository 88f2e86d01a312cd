"""Billing runs: one per date, previewed or issued, killed at any point and run again (SPEC 7, Run).

A run keeps its cut. Each payer is billed in one transaction, charges and invoice and number together, so that a
run that was interrupted goes on with the payers that are not yet done and ends in the same invoices.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError
from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import system
from strapontin.access.grants import ProviderGrant
from strapontin.access.scope import acting, as_billing
from strapontin.allocations.openings import bring_to
from strapontin.billing.invoices import issue
from strapontin.billing.preview import NO_PAYER, WITHOUT_PAYER, preview_run
from strapontin.billing.rating import RATING, parameters
from strapontin.billing.taxes import taxation
from strapontin.cycles.operations import complete_periods
from strapontin.journal.operations import record
from strapontin.kit.database import row, rows, run, statement
from strapontin.kit.dates import end_of_day
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid

logger = logging.getLogger(__name__)
EARLIEST, FARTHEST = date(1970, 1, 1), timedelta(days=366)

# What faulty data of one payer can lead to. A server that goes away is nobody's fault: the run stops, to go on later.
_FAULTS = (DataError, IntegrityError, ArithmeticError)
_BILL = statement(__file__, "bill_payer.sql").replace("{rating}", RATING)
_EXISTING = "SELECT id FROM billing_run WHERE date = %s AND NOT preview"
_FINISH = "UPDATE billing_run SET state = 'done', finished_at = %s WHERE id = %s"
_RUN = "SELECT date, finished_at FROM billing_run WHERE id = %s"
_LATER = "SELECT 1 AS found FROM billing_run WHERE date > %s AND NOT preview LIMIT 1"
_INSERT = """
INSERT INTO billing_run (id, date, preview, state, customers_total, customers_done, invoices, error, created_at)
VALUES (%s, %s, %s, 'queued', 0, 0, 0, '', %s)
"""
_START = """
UPDATE billing_run SET state = 'running', error = '', cut = coalesce(cut, least(%(now)s, %(end)s)),
       customers_total = (SELECT count(*) FROM customer WHERE NOT not_for_resale)
 WHERE id = %(run)s AND NOT (preview AND state = 'done') RETURNING id, date, preview, cut
"""
_PAYERS = """
SELECT DISTINCT q.payer_id FROM period q
 WHERE q.payer_id IS NOT NULL AND q.starts_on <= %(date)s AND q.billable
   AND NOT EXISTS (SELECT 1 FROM run_payer d WHERE d.run_id = %(run)s AND d.payer_id = q.payer_id)
 ORDER BY q.payer_id
"""
# Payers with parked customers, and those that such a customer without a payer has got meanwhile.
_PARKED = """
SELECT payer_id FROM parked_customer WHERE run_id = %(run)s AND payer_id <> %(nobody)s
 UNION
SELECT q.payer_id FROM parked_customer p JOIN period q ON q.customer_id = p.customer_id
 WHERE p.run_id = %(run)s AND p.payer_id = %(nobody)s AND q.payer_id IS NOT NULL
   AND q.starts_on <= %(date)s AND q.billable
 ORDER BY payer_id
"""
# Whom a later run has billed for this payer is left alone: that run knew more, and has billed these days as well.
_TAKE_PARKED = """
WITH again AS (
    SELECT p.customer_id FROM parked_customer p
     WHERE p.run_id = %(run)s
       AND (p.payer_id = %(payer)s
            OR (p.payer_id = %(nobody)s
                AND EXISTS (SELECT 1 FROM period q WHERE q.customer_id = p.customer_id AND q.payer_id = %(payer)s
                                AND q.starts_on <= %(date)s AND q.billable)))
       FOR UPDATE
), taken AS (
    DELETE FROM parked_customer WHERE run_id = %(run)s AND payer_id = %(payer)s
)
SELECT DISTINCT customer_id FROM again
 WHERE NOT EXISTS (
       SELECT 1 FROM billing_run later JOIN run_payer d ON d.run_id = later.id AND d.payer_id = %(payer)s
        WHERE later.date > %(date)s AND NOT later.preview
          AND NOT EXISTS (SELECT 1 FROM parked_customer p WHERE p.run_id = later.id
                              AND p.customer_id = again.customer_id AND p.payer_id IN (%(payer)s, %(nobody)s)))
"""
# One payer is billed by one transaction at a time, whatever the date: each must see what the others have invoiced.
_LOCK_PAYER = "SELECT pg_advisory_xact_lock(hashtext('payer'), hashtext(%s))"
_TAKE_PAYER = """
INSERT INTO run_payer (run_id, payer_id, done_at)
SELECT %(run)s, %(payer)s, %(at)s
 WHERE NOT EXISTS (SELECT 1 FROM billing_run later JOIN run_payer d ON d.run_id = later.id
                    WHERE later.date > %(date)s AND NOT later.preview AND d.payer_id = %(payer)s)
    ON CONFLICT DO NOTHING RETURNING payer_id
"""
_PAYER = "SELECT id, name, address, country, region, vat_number, currency, path FROM partner WHERE id = %s"
_WITHOUT_PAYER = f"""
INSERT INTO parked_customer (customer_id, run_id, payer_id, reason)
SELECT customer_id, %(run)s::uuid, %(nobody)s::uuid, 'payer_missing' FROM ({WITHOUT_PAYER}) AS without
    ON CONFLICT DO NOTHING
"""  # noqa: S608  our own text
_PARK_ALL = """
INSERT INTO parked_customer (customer_id, run_id, payer_id, reason)
SELECT DISTINCT q.customer_id, %(run)s::uuid, q.payer_id, 'not_computed'
  FROM period q JOIN customer c ON c.id = q.customer_id
 WHERE q.payer_id = %(payer)s AND q.starts_on <= %(date)s AND q.billable AND c.created_at <= %(cut)s
"""
_PROGRESS = """
UPDATE billing_run SET invoices = invoices + %(invoices)s,
       customers_done = customers_done + (SELECT count(DISTINCT customer_id) FROM period
                                           WHERE payer_id = %(payer)s AND starts_on <= %(date)s
                                             AND ends_on > %(date)s AND billable AND %(first)s)
 WHERE id = %(run)s
"""


def request_run(grant: ProviderGrant, *, date: date, preview: bool, settings: Settings, at: datetime) -> UUID:
    """Creates the run of ``date``, or finds the one there is; answers its id, to be executed by a job.

    A preview is new each time. Raises ``invalid`` for a date before 1970 or more than a year ahead,
    ``date_in_future`` for issuing beyond today, ``run_out_of_order`` where a later date was already issued.
    """
    if not EARLIEST <= date <= settings.day(at) + FARTHEST:
        # Each period until then would have to be opened, for every customer.
        raise invalid(_("The date of a run lies between 1970 and a year from today."), field="date")
    with as_billing():
        if not preview:
            run("SELECT pg_advisory_xact_lock(hashtext('billing_run'))")
            if found := row(_EXISTING, [date]):
                return UUID(str(found["id"]))
            if date > settings.day(at):
                raise Refusal("date_in_future")
            if row(_LATER, [date]):
                raise Refusal("run_out_of_order")
        run_id = new_id()
        run(_INSERT, [run_id, date, preview, at])
    after = {"date": date, "preview": preview}
    record(grant.actor, action="billing_run.request", at=at, object_id=run_id, after=after)
    return run_id


def execute_run(*, run_id: UUID, settings: Settings, at: datetime) -> None:
    """Does what is left of a run: every payer not yet done, then those with parked customers once more.

    Safe to be called again after a crash, or by two workers at once: a payer is taken by inserting its row. Where a
    run of a later date has overtaken this one, the payers that it has billed are left to it. A payer whose data cannot
    be billed is parked with all its customers, and the run goes on.
    """
    door, begun = system("job"), monotonic()
    with acting(door, "billing"):
        found = row(_RUN, [run_id])
        if found is None:
            return
        end = end_of_day(found["date"], settings.time_zone)
        current = row(_START, {"run": run_id, "now": at, "end": end})
        if current is None:
            return
    if current["preview"]:
        with acting(door, "billing"):
            preview_run(current, settings=settings, at=at)
            run(_FINISH, [at + timedelta(seconds=monotonic() - begun), run_id])
        return
    with acting(door, "billing"):
        bring_to(current["date"], at=at)
        complete_periods()
    of_run = {"run": run_id, "date": current["date"], "nobody": NO_PAYER, "at": at, "cut": current["cut"]}
    with acting(door, "billing"):
        payers = [p["payer_id"] for p in rows(_PAYERS, of_run)]
        # Only a run that has ended has customers left over; one that was interrupted goes on.
        parked = [p["payer_id"] for p in rows(_PARKED, of_run)] if found["finished_at"] else []
    for payer_id in payers:
        of_payer = {**of_run, "payer": payer_id, "invoices": 0, "first": True}
        try:
            with acting(door, "billing"):
                run(_LOCK_PAYER, [str(payer_id)])
                if row(_TAKE_PAYER, of_payer):
                    _bill(current, payer_id, None, settings, at)
        except _FAULTS:
            logger.exception("payer %s could not be billed", payer_id)
            with acting(door, "billing"):
                if row(_TAKE_PAYER, of_payer):
                    run(_PARK_ALL, of_payer)
                    run(_PROGRESS, of_payer)
    for payer_id in parked:
        try:
            with acting(door, "billing"):
                run(_LOCK_PAYER, [str(payer_id)])
                customers = [c["customer_id"] for c in rows(_TAKE_PARKED, {**of_run, "payer": payer_id})]
                if customers:
                    _bill(current, payer_id, customers, settings, at)
        except _FAULTS:
            # Taken back, its customers are parked as they were.
            logger.exception("payer %s could not be billed", payer_id)
    with acting(door, "billing"):
        run("DELETE FROM parked_customer WHERE run_id = %(run)s AND payer_id = %(nobody)s", of_run)
        run(_WITHOUT_PAYER, of_run)
        run(_FINISH, [at + timedelta(seconds=monotonic() - begun), run_id])


def fail_run(*, run_id: UUID, error: str) -> None:
    """Marks a run that stopped by a fault; requesting its date again goes on with it."""
    with acting(system("job"), "billing"):
        run(
            "UPDATE billing_run SET state = 'failed', error = %s WHERE id = %s AND state <> 'done'",
            [error, run_id],
        )


def _bill(
    current: dict[str, Any], payer_id: UUID, customers: list[UUID] | None, settings: Settings, at: datetime
) -> None:
    """Bills one payer inside the open transaction: all of its customers, or those that were parked."""
    payer = row(_PAYER, [payer_id])
    if payer is None:
        raise RuntimeError("a payer is gone")
    tax = taxation(payer, issuer_country=settings.country)
    invoice_id = new_id()
    billed = row(
        _BILL,
        {
            **parameters(
                date=current["date"],
                cut=current["cut"],
                settings=settings,
                customer_ids=customers,
                payer_id=payer_id,
            ),
            "run": current["id"],
            "invoice": invoice_id,
            "tax_fault": tax.fault,
        },
    )
    if billed is None:
        raise RuntimeError("rating answered nothing")
    issued = billed["lines"] > 0
    if issued:
        issue(current, payer, invoice_id=invoice_id, net=billed["net"], rules=tax.rules, settings=settings, at=at)
    done = {"run": current["id"], "payer": payer_id, "date": current["date"], "first": customers is None}
    run(_PROGRESS, {**done, "invoices": int(issued)})
