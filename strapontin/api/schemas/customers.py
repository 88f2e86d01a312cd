"""What ``/customers`` takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from strapontin.api.schemas.common import UNCHANGED, Answer, Body, PageIn
from strapontin.api.schemas.kinds import ClientId, Day, Name, PurchaseOrder, Search, Term, Text
from strapontin.organisation.models import WARN_DAYS_MOST, WARN_FREE_SEATS_MOST


class CustomerIn(Body):
    partner: UUID
    name: Name
    client_id: ClientId = ""
    purchase_order: PurchaseOrder = ""
    term_months: Term
    starts_on: Day | None = None
    unlimited: StrictBool | None = None
    not_for_resale: StrictBool | None = None


class WarnAtChange(Body):
    """When a customer's people are warned; ``null``: not by this."""

    free_seats: Annotated[StrictInt, Field(ge=1, le=WARN_FREE_SEATS_MOST)] | None = UNCHANGED
    days: Annotated[StrictInt, Field(ge=1, le=WARN_DAYS_MOST)] | None = UNCHANGED


class CustomerChange(Body):
    name: Name = UNCHANGED
    client_id: ClientId = UNCHANGED
    purchase_order: PurchaseOrder = UNCHANGED
    term_months: Term = UNCHANGED
    warn_at: WarnAtChange = UNCHANGED
    cancel_at_end_of_period: StrictBool = UNCHANGED
    archived: StrictBool = UNCHANGED
    unlimited: StrictBool = UNCHANGED
    not_for_resale: StrictBool = UNCHANGED


class CustomerChangeIn(CustomerChange):
    """With a ``digest``, the change is made only if it does exactly what was previewed."""

    digest: Text | None = None


class ReactivationIn(Body):
    """Without ``term_months``, the customer has the term that it had."""

    term_months: Term | None = None
    digest: Text | None = None


class CustomersIn(PageIn):
    """The customers at or below a partner, of a status or with a ``client_id``.

    ``search`` looks in name and ``client_id``. ``archived``: those in the archive instead of those out of it.
    """

    partner: UUID | None = None
    search: Search = ""
    client_id: Search | None = None
    status: Literal["active", "expired"] | None = None
    archived: bool = False


class PeriodOut(Answer):
    start: date
    end: date


class WarnAtOut(Answer):
    free_seats: int | None
    days: int | None


class CustomerOut(Answer):
    id: UUID
    partner: UUID
    partner_name: str | None
    name: str
    client_id: str
    purchase_order: str
    status: Literal["active", "expired"]
    alignment: Literal["calendar", "anniversary"]
    term_months: int
    pending_term_months: int | None
    starts_on: date
    period: PeriodOut
    next_period_starts_on: date
    cancel_at_end_of_period: bool
    unlimited: bool
    not_for_resale: bool
    warn_at: WarnAtOut
    archived_at: datetime | None


class CustomerWritten(CustomerOut):
    """A customer after a change; ``warnings`` tell what was allowed and may be a mistake (``client_id_twice``)."""

    warnings: list[dict[str, Any]]


class CustomerRow(CustomerOut):
    types: list[dict[str, Any]] | None


class CustomerPage(Answer):
    items: list[CustomerRow]
    next: str | None
