"""What ``/settings`` takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Country, Currency, Day, Language, Lines, Name, TimeZone, VatNumber

Days = Annotated[StrictInt, Field(ge=0, le=3650)]


class RetentionIn(Body):
    synchronizations: Days | None = None
    stack_calls: Days | None = None
    failed_jobs: Days | None = None
    removed_users: Days | None = None


class RetentionOut(Answer):
    synchronizations: int
    stack_calls: int
    failed_jobs: int
    removed_users: int


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
    retention: RetentionIn | None = None


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
    retention: RetentionOut
