"""What ``/customers/{c}/automatic-allocation`` takes and answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from strapontin.api.schemas.common import Answer, Body


class AutomaticAllocationIn(Body):
    """``seats_per_month`` is the ceiling; left out or null, there is none."""

    enabled: StrictBool
    seats_per_month: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None


class AutomaticAllocationOut(Answer):
    id: UUID
    enabled: bool
    seats_per_month: int | None
    allocated_this_month: int
