"""What ``/customers/{c}/limits`` takes and answers."""

from __future__ import annotations

from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Money, Quantity


class LimitsIn(Body):
    """The limits from now on; what is left out is without limit."""

    seats_per_month: Quantity | None = None
    amount_per_month: Money | None = None
    may_lower: StrictBool
    may_raise: StrictBool


class LimitsOut(Answer):
    id: UUID
    seats_per_month: int | None
    amount_per_month: str | None
    may_lower: bool
    may_raise: bool
