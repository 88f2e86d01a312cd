"""What ``/settings`` takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints

from strapontin.api.schemas.common import UNCHANGED, Answer, Body
from strapontin.api.schemas.kinds import (
    Country,
    Currency,
    Day,
    Language,
    Name,
    OptionalLines,
    OptionalText,
    TimeZone,
    refuse,
)
from strapontin.kit.networks import networks


def _network(text: str) -> str:
    try:
        (network,) = networks([text])
    except ValueError:
        raise refuse(_("A network looks like 10.1.0.0/16.")) from None
    return str(network)


StackNetwork = Annotated[str, StringConstraints(min_length=1, max_length=50), AfterValidator(_network)]


Days = Annotated[StrictInt, Field(ge=0, le=3650)]


class RetentionIn(Body):
    synchronizations: Days = UNCHANGED
    stack_calls: Days = UNCHANGED
    failed_jobs: Days = UNCHANGED
    removed_users: Days = UNCHANGED
    requests: Days = UNCHANGED


class RetentionOut(Answer):
    synchronizations: int
    stack_calls: int
    failed_jobs: int
    removed_users: int
    requests: int


class SettingsIn(Body):
    name: Name = UNCHANGED
    address: OptionalLines = UNCHANGED
    street: OptionalText = UNCHANGED
    postcode: OptionalText = UNCHANGED
    city: OptionalText = UNCHANGED
    siren: OptionalText = UNCHANGED
    siret: OptionalText = UNCHANGED
    country: Country = UNCHANGED
    vat_number: OptionalText = UNCHANGED
    currency: Currency = UNCHANGED
    language: Language = UNCHANGED
    time_zone: TimeZone = UNCHANGED
    contact: OptionalLines = UNCHANGED
    seats_enforced_from: Day = UNCHANGED
    allocation_billing_from: Day = UNCHANGED
    hand_back_days: Annotated[StrictInt, Field(ge=0, le=31)] = UNCHANGED
    alignment: Literal["calendar", "anniversary"] = UNCHANGED
    invoice_day: Annotated[StrictInt, Field(ge=1, le=28)] = UNCHANGED
    automatic_billing: StrictBool = UNCHANGED
    retention: RetentionIn = UNCHANGED
    stack_networks: Annotated[list[StackNetwork], Field(max_length=100)] = UNCHANGED


class SettingsOut(Answer):
    id: str
    name: str
    address: str
    street: str
    postcode: str
    city: str
    siren: str
    siret: str
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
    issuer_missing: list[str]
    retention: RetentionOut
    stack_networks: list[str]
