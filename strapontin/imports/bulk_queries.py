"""Reading bulk changes of allocations: what they would do or did, within the scope and the rights of the reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from strapontin.access.grants import OverviewReader
from strapontin.access.scope import as_billing
from strapontin.allocations.rules import Entry
from strapontin.billing.effects import Effect
from strapontin.cycles.queries import customers_with_money
from strapontin.imports.problems import Problem, kept_refusal
from strapontin.imports.queries import State
from strapontin.imports.spreadsheets import Kind
from strapontin.kit.database import row_of, rows_of
from strapontin.kit.rules.conditions import CUSTOMER, IN_LIST
from strapontin.refusals import Refusal, not_found

_SITE_NAMES = "SELECT id, name FROM site WHERE customer_id = ANY (%s::uuid[]) AND id = ANY (%s::uuid[])"
_LATER = ("lower", "withdraw")
_NAMES = "SELECT id, name FROM customer WHERE id = ANY (%s::uuid[])"


@dataclass(frozen=True, slots=True)
class Shift:
    """A ledger row that a bulk change writes."""

    site: UUID
    type: str
    kind: str
    effective_on: date
    delta: int
    quantity_after: int


@dataclass(frozen=True, slots=True)
class CustomerEffect:
    """What a bulk change does to a customer, as it is kept.

    ``net`` is the customer's part of the invoice of ``date`` after the change, ``before`` without it, both without tax;
    ``None`` if a price is missing, or if who asked may see no amount (then ``date`` is ``None``, too).
    """

    customer: UUID
    shifts: list[Shift]
    date: date | None
    before: Decimal | None
    net: Decimal | None
    currency: str

    @property
    def priced(self) -> bool:
        """Whether amounts are for the reader, known or not."""
        return self.date is not None

    @property
    def difference(self) -> Decimal | None:
        """What the invoice grows by, without tax."""
        return None if self.net is None or self.before is None else self.net - self.before

    def without_amounts(self) -> CustomerEffect:
        """The same, for a reader below the payer."""
        return CustomerEffect(self.customer, self.shifts, None, None, None, "")


def kept_effect(customer_id: UUID, effect: Effect) -> CustomerEffect:
    """What is kept of the effect on a customer."""
    shifts = [_shift(entry) for entry in effect.entries]
    after, before = effect.next_invoice, effect.without
    if after is None or before is None:
        return CustomerEffect(customer_id, shifts, None, None, None, "")
    return CustomerEffect(customer_id, shifts, after.date, before.net, after.net, after.currency)


def _shift(entry: Entry) -> Shift:
    return Shift(entry.site_id, entry.type_code, entry.kind, entry.effective_on, entry.delta, entry.quantity_after)


@dataclass(frozen=True, slots=True)
class BulkFacts:
    """A bulk change as it stands. The running job has looked at ``done`` of ``total`` customers."""

    id: UUID
    state: State
    preview: bool
    confirmed: bool
    digest: str
    actor_kind: Literal["administrator", "api_key"]
    actor_id: UUID
    door: Literal["screen", "api"]
    kind: Kind
    file_name: str
    rows: int
    unchanged: int
    total: int
    done: int
    errors: list[Problem]
    error_count: int
    refusal: str
    refusal_facts: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None

    @property
    def refused(self) -> Refusal | None:
        """Why it was refused as a whole, if it was."""
        return kept_refusal(self.refusal, self.refusal_facts) if self.refusal else None

    @property
    def runs(self) -> bool:
        """Whether a job is at it, or will be."""
        return self.state in ("queued", "running")

    @property
    def can_be_confirmed(self) -> bool:
        """Whether it waits for its confirmation, and there is something to confirm."""
        return self.state == "ready" and not self.error_count and self.total > 0


BULK_COLUMNS = ", ".join(field.name for field in fields(BulkFacts))
_ONE = f"SELECT {BULK_COLUMNS} FROM bulk_allocation WHERE id = %s"  # noqa: S608  our own names
_LATEST = f"""
SELECT {BULK_COLUMNS} FROM bulk_allocation WHERE %(before)s::uuid IS NULL OR id < %(before)s::uuid
 ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608  our own names
_EFFECTS = "SELECT effects FROM bulk_allocation WHERE id = %s"


def bulk_allocation(_grant: OverviewReader, *, bulk_id: UUID) -> BulkFacts:
    """A bulk change of the scope. Raises ``not_found``."""
    facts = row_of(BulkFacts, _ONE, [bulk_id])
    if facts is None:
        raise not_found()
    return facts


def bulk_allocations(_grant: OverviewReader, *, before: UUID | None = None, limit: int) -> list[BulkFacts]:
    """The bulk changes of the scope, the newest first; ``before`` is the id of the last one seen."""
    return rows_of(BulkFacts, _LATEST, {"before": before, "limit": limit})


@dataclass(frozen=True, slots=True)
class NamedEffect:
    """What happens to a customer of the scope."""

    name: str
    effect: CustomerEffect

    @property
    def sums(self) -> tuple[int, int]:
        """Seats that come at once, and with the next cycle."""
        shifts = self.effect.shifts
        later = sum(shift.delta for shift in shifts if shift.kind in _LATER)
        return sum(shift.delta for shift in shifts) - later, later


@dataclass(frozen=True, slots=True)
class TypeSum:
    """Seats of a type that come and go: ``now`` at once, ``later`` with the next cycle of each customer."""

    type: str
    now: int
    later: int


@dataclass(frozen=True, slots=True)
class MoneySum:
    """What the next invoices grow by in a currency, without tax. ``unpriced`` customers lack a price."""

    currency: str
    difference: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class BulkOutlook:
    """What a bulk change does, customer by customer in the order of names, and in total."""

    customers: list[NamedEffect]

    @property
    def types(self) -> list[TypeSum]:
        """The sums of each type."""
        now: defaultdict[str, int] = defaultdict(int)
        later: defaultdict[str, int] = defaultdict(int)
        for shift in (shift for named in self.customers for shift in named.effect.shifts):
            (later if shift.kind in _LATER else now)[shift.type] += shift.delta
        return [TypeSum(code, now[code], later[code]) for code in sorted({*now, *later})]

    @property
    def amounts(self) -> list[MoneySum]:
        """The sums of each currency, of the customers whose amounts the reader may see."""
        priced = [named.effect for named in self.customers if named.effect.priced]
        differences = {
            code: [effect.difference for effect in priced if effect.currency == code]
            for code in sorted({effect.currency for effect in priced})
        }
        return [
            MoneySum(code, sum((d for d in of_code if d is not None), Decimal("0.00")), of_code.count(None))
            for code, of_code in differences.items()
        ]


@dataclass(frozen=True, slots=True)
class _Effects:
    effects: list[CustomerEffect]


@dataclass(frozen=True, slots=True)
class _Name:
    id: UUID
    name: str


def outlook_of(grant: OverviewReader, *, bulk_id: UUID) -> BulkOutlook:
    """What a bulk change would do, or did.

    Customers that have left the scope meanwhile are left out, and amounts that the reader may no longer see.
    """
    row = row_of(_Effects, _EFFECTS, [bulk_id])
    effects = {effect.customer: effect for effect in (row.effects if row else [])}
    names = rows_of(_Name, _NAMES, [list(effects)])
    priced = customers_with_money(grant.actor, [id_ for id_, effect in effects.items() if effect.priced])
    customers = [
        NamedEffect(name.name, effects[name.id] if name.id in priced else effects[name.id].without_amounts())
        for name in sorted(names, key=lambda name: (name.name.casefold(), name.id))
    ]
    return BulkOutlook(customers)


@dataclass(frozen=True, slots=True)
class Seats:
    """A row of the table that is downloaded, edited and sent back."""

    customer_id: UUID
    customer_name: str
    site_id: UUID
    site_name: str
    type_code: str
    allocated: int
    next_cycle: int
    used: int


# Row level security shows the sites of one customer at a time. So the statement runs as the billing role, and is bound
# by the condition by which customers are listed.
_SEATS = f"""
SELECT c.id AS customer_id, c.name AS customer_name, s.id AS site_id, s.name AS site_name, t.code AS type_code,
       coalesce(b.allocated, 0) AS allocated, coalesce(b.next_cycle, 0) AS next_cycle, coalesce(b.used, 0) AS used
  FROM customer c JOIN site s ON s.customer_id = c.id CROSS JOIN subscription_type t
  LEFT JOIN balance b ON b.customer_id = c.id AND b.site_id = s.id AND b.type_code = t.code
 WHERE c.id = ANY (%(customers)s::uuid[]) AND (c.id = {CUSTOMER} OR {IN_LIST})
   AND c.status = 'active' AND s.archived_at IS NULL
 ORDER BY c.sort_key, c.id, s.sort_key, s.id, t.position, t.code LIMIT %(limit)s
"""  # noqa: S608  our own conditions


def seats_of(_grant: OverviewReader, *, customer_ids: Sequence[UUID], limit: int) -> list[Seats]:
    """What is allocated to customers of the scope: each type of each site, also those without a seat; ``limit`` rows.

    Customers that have ended are left out: no seat of theirs can change.
    """
    with as_billing():
        return rows_of(Seats, _SEATS, {"customers": list(customer_ids), "limit": limit})


def site_names(_grant: OverviewReader, outlook: BulkOutlook) -> dict[UUID, str]:
    """The names of the sites that a bulk change is about."""
    customer_ids = [named.effect.customer for named in outlook.customers]
    site_ids = [shift.site for named in outlook.customers for shift in named.effect.shifts]
    with as_billing():
        return {site.id: site.name for site in rows_of(_Name, _SITE_NAMES, [customer_ids, site_ids])}
