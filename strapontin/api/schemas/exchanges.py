"""What ``/customers/{c}/exchanges`` takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt

from strapontin.api.schemas.allocations import ChangesOut
from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Text, TypeCode

Seats = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


class ExchangeIn(Body):
    site: UUID
    from_type: TypeCode = Field(alias="from")
    to_type: TypeCode = Field(alias="to")
    quantity: Seats
    reason: Text = ""
    digest: Text | None = None


class UndoIn(Body):
    """How many seats are turned back; all that are left of the exchange, unless said."""

    quantity: Seats | None = None
    reason: Text = ""
    digest: Text | None = None


class ExchangeOut(ChangesOut):
    """``id`` is that of the exchange; ``null`` in a preview of one."""

    id: UUID | None


class UndoableExchange(Answer):
    """An exchange that can be undone until ``undo_until``, that day included: ``quantity`` seats of it are left."""

    id: UUID
    site: UUID
    from_type: str = Field(alias="from")
    to_type: str = Field(alias="to")
    quantity: int
    effective_on: date
    undo_until: date


class ExchangePage(Answer):
    items: list[UndoableExchange]
    next: str | None
