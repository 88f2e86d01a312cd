"""What ``/overview`` takes and answers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from strapontin.api.schemas.allocations import TypeFigures
from strapontin.api.schemas.common import Answer


class OverviewIn(BaseModel):
    """A partner of your scope, with or without the partners below it."""

    partner: UUID | None = None
    recurse: bool = True


class TermFigures(TypeFigures):
    term_months: int


class MonthFigures(Answer):
    date: date
    allocated: int
    used: int


class OverviewType(TypeFigures):
    by_term: list[TermFigures]
    last_month: MonthFigures | None


class OverviewOut(Answer):
    types: list[OverviewType]
    customers: int
    customers_by_term: dict[str, int]
    not_for_resale: int
    customers_over: int
    customers_full: int
