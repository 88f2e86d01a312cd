"""Exchanges: seats of a type for as many of a dearer one on a site, at once, and taken back for some days (SPEC 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from strapontin.access.grants import AllocationManager, CustomerFacts
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.operations import MAX_QUANTITY, Applied, check_places, lock_balances
from strapontin.allocations.plans import write_plan
from strapontin.allocations.rules import Exchange, plan_exchange
from strapontin.cycles.operations import complete_periods
from strapontin.cycles.queries import price_ranks
from strapontin.kit.database import row_of, rows_of, statement
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid, not_found

_EXCHANGES = statement(__file__, "exchanges.sql")


@dataclass(frozen=True, slots=True)
class Exchanged:
    """An exchange of the past: ``seats`` of it are not undone; it can be undone before the day ``until``."""

    id: UUID
    site_id: UUID
    site_name: str
    from_type: str
    to_type: str
    effective_on: date
    until: date
    seats: int


def apply_exchange(
    grant: AllocationManager,
    *,
    exchange: Exchange,
    settings: Settings,
    at: datetime,
    reason: str = "",
    leaving: int = 0,
) -> Applied:
    """Exchanges seats at once, within the term; present and scheduled quantities shift alike, as in a move (SPEC 4).

    The exchange is known by the id of the plan's first entry. ``leaving`` users of the first type leave their seats in
    the same transaction. Raises ``not_found`` for a site of somebody else, ``invalid`` for types that are unknown or
    equal and for seats that are not there; ``customer_expired``; ``not_dearer`` with ``lowers_on``, the day from which
    a decrease would count; ``price_missing`` if a price of the running period is; ``below_use`` for seats in use.
    """
    _check(exchange)
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    places = [exchange.giver, exchange.taker]
    check_places(customer.id, places)
    if customer.status != "active":
        raise Refusal("customer_expired", date=customer.period_ends_on)
    _refuse_cheaper(customer, exchange)
    return _write(grant, customer, exchange, settings=settings, at=at, reason=reason, leaving=leaving)


def undo_exchange(
    grant: AllocationManager,
    *,
    exchange_id: UUID,
    settings: Settings,
    at: datetime,
    seats: int | None = None,
    reason: str = "",
) -> Applied:
    """Turns exchanged seats back at once: ``seats`` of them, or all that are left of the exchange.

    Possible for ``hand_back_days``: an exchange of day d until the end of day d + 6 (SPEC 4). Raises ``not_found``;
    ``too_late`` with ``last_day``, the last day on which it was possible; ``already_undone``; ``invalid`` for more
    seats than are left of it; ``customer_expired``; ``below_use`` for seats in use.
    """
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    if customer.status != "active":
        raise Refusal("customer_expired", date=customer.period_ends_on)
    exchanged = find_exchange(customer.id, exchange_id, settings=settings)
    if exchanged.until <= settings.day(at):
        raise Refusal("too_late", last_day=exchanged.until - timedelta(days=1))
    if not exchanged.seats:
        raise Refusal("already_undone")
    back = Exchange(
        exchanged.site_id, exchanged.to_type, exchanged.from_type, exchanged.seats if seats is None else seats
    )
    _check(back)
    if back.seats > exchanged.seats:
        left = ngettext_lazy(
            "{left} seat is left of this exchange.", "{left} seats are left of this exchange.", exchanged.seats
        )
        raise invalid(left.format(left=exchanged.seats), field="quantity")
    return _write(grant, customer, back, settings=settings, at=at, reason=reason, undoes=exchange_id)


def undoable(grant: AllocationManager, *, settings: Settings, at: datetime) -> list[Exchanged]:
    """Exchanges that can still be undone, in whole or in part, the newest first."""
    since = settings.day(at) - timedelta(days=settings.hand_back_days)
    params = {"customer": grant.customer.id, "exchange": None, "since": since, "days": settings.hand_back_days}
    return [exchanged for exchanged in rows_of(Exchanged, _EXCHANGES, params) if exchanged.seats]


def find_exchange(customer_id: UUID, exchange_id: UUID, *, settings: Settings) -> Exchanged:
    """One exchange of a customer. Raises ``not_found``."""
    params = {"customer": customer_id, "exchange": exchange_id, "since": None, "days": settings.hand_back_days}
    exchanged = row_of(Exchanged, _EXCHANGES, params)
    if exchanged is None:
        raise not_found()
    return exchanged


def _check(exchange: Exchange) -> None:
    if exchange.from_type == exchange.to_type:
        raise invalid(_("An exchange is between two types."), field="to")
    if not 1 <= exchange.seats <= MAX_QUANTITY:
        raise invalid(_("A quantity lies between 1 and 1,000,000."), field="quantity")


def _refuse_cheaper(customer: CustomerFacts, exchange: Exchange) -> None:
    types, ranks = {exchange.from_type, exchange.to_type}, price_ranks(customer)
    if not types <= ranks.keys():
        # A price that was missing when the period started may be in a list by now.
        complete_periods(customer_id=customer.id)
        ranks = price_ranks(customer)
    if not types <= ranks.keys():
        raise Refusal("price_missing", types=sorted(types - ranks.keys()))
    if ranks[exchange.to_type] <= ranks[exchange.from_type]:
        raise Refusal(
            "not_dearer", **{"from": exchange.from_type, "to": exchange.to_type}, lowers_on=customer.period_ends_on
        )


def _write(
    grant: AllocationManager,
    customer: CustomerFacts,
    exchange: Exchange,
    *,
    settings: Settings,
    at: datetime,
    reason: str,
    leaving: int = 0,
    undoes: UUID | None = None,
) -> Applied:
    before = lock_balances(customer.id, [exchange.giver, exchange.taker])
    plan = plan_exchange(
        exchange,
        before,
        today=settings.day(at),
        next_cycle_on=customer.period_ends_on,
        leaving=leaving,
        undoes=undoes,
    )
    change_id = write_plan(grant.actor, customer, plan, before=before, at=at, reason=reason)
    return Applied(customer, plan, change_id)
