"""What ``/bulk-allocations`` takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, StrictBool, model_validator

from strapontin.api.schemas.allocations import EntryOut
from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Quantity, Text, refuse
from strapontin.api.schemas.user_imports import File, ImportErrorOut, ImportProgress, ImportRefusalOut
from strapontin.imports.spreadsheets import MOST_ROWS


class BulkChangeIn(Body):
    """The seats wanted; customer and site by id or name, the type by code or name."""

    customer: Text
    site: Text
    type: Text
    quantity: Quantity


class BulkAllocationIn(Body):
    """Changes, or a CSV or XLSX file: exactly one of the two."""

    changes: Annotated[list[BulkChangeIn], Field(min_length=1, max_length=MOST_ROWS)] | None = None
    file: File | None = None
    preview: StrictBool = False
    digest: Text | None = None

    @model_validator(mode="after")
    def one(self) -> BulkAllocationIn:
        if (self.changes is None) == (self.file is None):
            raise refuse(_("Send changes or a file: exactly one of the two."))
        return self


class BulkConfirmationIn(Body):
    digest: Text | None = None


class BulkInvoiceOut(Answer):
    """A customer's part of the next invoice after the change, and by how much it grows, without tax."""

    date: date
    net: str | None
    difference: str | None
    currency: str


class BulkCustomerOut(Answer):
    customer: UUID
    name: str
    entries: list[EntryOut]
    next_invoice: BulkInvoiceOut | None


class BulkTypeOut(Answer):
    """Seats of a type that come or go at once, and with the next cycles."""

    type: str
    at_once: int
    next_cycle: int


class BulkAmountOut(Answer):
    """What the next invoices grow by, without tax; ``unpriced`` customers lack a price and are not in it."""

    currency: str
    difference: str
    unpriced: int


class BulkEffectOut(Answer):
    customers: list[BulkCustomerOut]
    types: list[BulkTypeOut]
    amounts: list[BulkAmountOut]


class BulkAllocationOut(Answer):
    id: UUID
    state: Literal["queued", "running", "ready", "done", "failed"]
    preview: bool
    file_name: str
    progress: ImportProgress
    rows: int
    unchanged: int
    errors: list[ImportErrorOut]
    error_count: int
    effect: BulkEffectOut | None
    digest: str | None
    refusal: ImportRefusalOut | None
    created_at: datetime
    finished_at: datetime | None


class BulkAllocationPage(Answer):
    items: list[BulkAllocationOut]
    next: str | None
