"""What ``/settings`` takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints

from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Country, Currency, Day, Language, Lines, Name, TimeZone, VatNumber, refuse
from strapontin.kit.networks import networks


def _network(text: str) -> str:
    try:
        (network,) = networks([text])
    except ValueError:
        raise refuse(_("A network looks like 10.1.0.0/16.")) from None
    return str(network)


StackNetwork = Annotated[str, StringConstraints(min_length=1, max_length=50), AfterValidator(_network)]


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
    stack_networks: Annotated[list[StackNetwork], Field(max_length=100)] | None = None


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
    stack_networks: list[str]
