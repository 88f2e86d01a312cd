"""Opening cycles, and ending customers: each write first brings its customer to today, a daily job all (SPEC 3, 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts
from strapontin.access.scope import as_billing
from strapontin.cycles.operations import fix_prices
from strapontin.kit.database import exists, row_of, run, statement, value_of
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import Settings

# A statement of its own takes the locks: the statement that opens must see the lowerings for which the lock waited.
_LOCK_DUE = """
SELECT count(*)::int AS due, count(*) FILTER (WHERE locked.cancel_at_end_of_period)::int AS ending FROM (
    SELECT c.id, c.cancel_at_end_of_period FROM customer c
     WHERE c.status = 'active' AND c.period_ends_on <= %(day)s::date
       AND (%(customer)s::uuid IS NULL OR c.id = %(customer)s::uuid)
     ORDER BY c.id FOR NO KEY UPDATE) AS locked
"""
# How many ledger rows the ends need. It looks after the customers are locked: their quantities stay as they are.
_COUNT_REVOKED = """
SELECT count(*)::int FROM customer c JOIN balance b ON b.customer_id = c.id AND b.next_cycle > 0
 WHERE c.status = 'active' AND c.cancel_at_end_of_period AND c.period_ends_on <= %(day)s::date
   AND (%(customer)s::uuid IS NULL OR c.id = %(customer)s::uuid)
"""
_OPEN = statement(__file__, "open_periods.sql")
_LOCK_ALL_BALANCES = "SELECT 1 FROM balance WHERE customer_id = %s ORDER BY site_id, type_code FOR NO KEY UPDATE"
_LOCK_CUSTOMERS = "SELECT 1 FROM customer WHERE id = ANY (%s::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_LOCK_CUSTOMER = "SELECT 1 FROM customer WHERE id = %s FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class _Due:
    """Customers whose running period has ended, and how many of them end with it."""

    due: int
    ending: int


def bring_to(day: date, *, at: datetime, customer_id: UUID | None = None) -> int:
    """Opens every period that has started by ``day``, of one customer or (``None``) of all.

    A customer that is cancelled expires instead. Runs under the billing role: it alone may fix payers and prices.
    Answers how many periods were opened, and customers ended.
    """
    opened = 0
    with as_billing():
        of_day: dict[str, object] = {"day": day, "at": at, "customer": customer_id}
        while (due := row_of(_Due, _LOCK_DUE, of_day)) and due.due:
            step = run(_OPEN, of_day | _ids_of_ends(due.ending, of_day))
            if not step:
                break
            opened += step
        if opened:
            fix_prices(customer_id=customer_id)
    return opened


def _ids_of_ends(ending: int, of_day: dict[str, object]) -> dict[str, object]:
    """Ids for what is written of the customers that end."""
    revoked = value_of(int, _COUNT_REVOKED, of_day) or 0 if ending else 0
    return {"entries": [str(new_id()) for _ in range(revoked)], "ends": [str(new_id()) for _ in range(2 * ending)]}


def bring_customer_to(customer: CustomerFacts, *, day: date, at: datetime) -> bool:
    """Brings one customer to ``day`` if its running period has ended; answers whether something changed."""
    if customer.status != "active" or customer.period_ends_on > day:
        return False
    # The opening writes totals; who changes seats after it has all balances before (see :func:`hold_customer`).
    hold_balances(customer.id)
    return bring_to(day, at=at, customer_id=customer.id) > 0


def lock_customer(actor: Actor, customer_id: UUID, *, settings: Settings, at: datetime) -> CustomerFacts:
    """Locks the customer's row until the end of the transaction and brings it to today. Answers it fresh."""
    hold_customer(customer_id)
    facts = grants.customer(actor, customer_id).customer
    if bring_customer_to(facts, day=settings.day(at), at=at):
        facts = grants.customer(actor, customer_id).customer
    return facts


def hold_customer(customer_id: UUID) -> None:
    """Locks the customer's row until the end of the transaction.

    The order of locks: a stack's tenant, its users in the order of ids, the customer, its requests, its balances in the
    order of sites and types, its totals in the order of types, calls to stacks. Nobody locks what comes earlier
    than something that it has. A user who takes or leaves a seat locks one balance and one total, and not the customer.
    All others hold the customer, and lock each balance that they may change before the first total.

    FOR UPDATE would end in a deadlock: a claim under way holds the balance that we lock next, and its foreign keys
    would wait for our lock of the customer.
    """
    exists(_LOCK_CUSTOMER, [customer_id])


def hold_customers(customer_ids: Sequence[UUID]) -> None:
    """As :func:`hold_customer`, for several customers in the order of their ids.

    Then the caller holds the balances of all of them (:func:`hold_balances`) before it changes the first total.
    """
    run(_LOCK_CUSTOMERS, [list(customer_ids)])


def hold_balances(customer_id: UUID) -> None:
    """Locks all balances of a customer until the end of the transaction, in the order of sites and types."""
    exists(_LOCK_ALL_BALANCES, [customer_id])
