"""What ``/price-lists`` takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Currency, Day, Level, Money, Name, Percent, TypeCode


class PriceListIn(Body):
    name: Name
    currency: Currency
    valid_from: Day
    partner: UUID | None = None
    replaces: UUID | None = None
    prices: Annotated[dict[TypeCode, Money], Field(max_length=100)]
    term_discounts: Annotated[dict[Literal["1", "12", "36"], Percent], Field(max_length=3)] = Field(
        default_factory=dict
    )
    level_discounts: Annotated[dict[Level, Percent], Field(max_length=4)] = Field(default_factory=dict)


class PriceListOut(Answer):
    id: UUID
    name: str
    currency: str
    valid_from: date
    partner: UUID | None
    prices: dict[str, str]
    term_discounts: dict[str, str]
    level_discounts: dict[str, str]


class PriceListPage(Answer):
    items: list[PriceListOut]
    next: str | None
