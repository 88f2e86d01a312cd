"""Clock, settings, subscription types, price lists and partners, as they come and go."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from strapontin.api.schemas.kinds import (
    Answer,
    Body,
    Country,
    Currency,
    Day,
    Language,
    Level,
    Lines,
    Moment,
    Money,
    Name,
    Percent,
    Text,
    TimeZone,
    TypeCode,
    VatNumber,
)

StackIds = Annotated[list[Annotated[StrictInt, Field(ge=0, le=1_000_000)]], Field(max_length=20)]


class ClockIn(Body):
    now: Moment


class ClockOut(Answer):
    now: datetime


class SettingsIn(Body):
    name: Name | None = None
    address: Lines | None = None
    country: Country | None = None
    vat_number: VatNumber | None = None
    currency: Currency | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    contact: Lines | None = None
    seats_enforced_from: Day | None = None
    allocation_billing_from: Day | None = None
    hand_back_days: Annotated[StrictInt, Field(ge=0, le=31)] | None = None
    alignment: Literal["calendar", "anniversary"] | None = None
    invoice_day: Annotated[StrictInt, Field(ge=1, le=28)] | None = None
    automatic_billing: StrictBool | None = None


class SettingsOut(Answer):
    id: str
    name: str
    address: str
    country: str
    vat_number: str
    currency: str
    language: Language
    time_zone: str
    contact: str
    seats_enforced_from: date
    allocation_billing_from: date
    hand_back_days: int
    alignment: Literal["calendar", "anniversary"]
    invoice_day: int
    automatic_billing: bool


class TypeIn(Body):
    code: TypeCode
    name_fr: Name
    name_en: Name
    stack_ids: StackIds = Field(default_factory=list)
    position: Annotated[StrictInt, Field(ge=0, le=1000)] = 100


class TypeChange(Body):
    name_fr: Name | None = None
    name_en: Name | None = None
    stack_ids: StackIds | None = None
    position: Annotated[StrictInt, Field(ge=0, le=1000)] | None = None


class TypeOut(Answer):
    id: str
    code: str
    name_fr: str
    name_en: str
    stack_ids: list[int]
    position: int


class TypePage(Answer):
    items: list[TypeOut]
    next: str | None


class PriceListIn(Body):
    name: Name
    currency: Currency
    valid_from: Day
    partner: UUID | None = None
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


class PartnerIn(Body):
    name: Name
    parent: UUID | None = None
    level: Level = "bronze"
    country: Country = ""
    region: Text = ""
    vat_number: VatNumber = ""
    address: Lines = ""
    currency: Currency | None = None
    language: Language | None = None
    payer: StrictBool | None = None


class PartnerChange(Body):
    name: Name | None = None
    parent: UUID | None = None
    level: Level | None = None
    country: Country | None = None
    region: Text | None = None
    vat_number: VatNumber | None = None
    address: Lines | None = None
    currency: Currency | None = None
    language: Language | None = None
    payer: StrictBool | None = None


class PartnerOut(Answer):
    id: UUID
    name: str
    parent: UUID | None
    level: Level
    country: str
    region: str
    vat_number: str
    address: str
    currency: str
    language: Language
    payer: bool


class PartnerPage(Answer):
    items: list[PartnerOut]
    next: str | None
