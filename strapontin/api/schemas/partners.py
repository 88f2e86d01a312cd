"""What ``/partners`` takes and answers."""

from __future__ import annotations

from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.common import UNCHANGED, Answer, Body, PageIn
from strapontin.api.schemas.kinds import (
    Currency,
    Language,
    Level,
    Name,
    OptionalCountry,
    OptionalLines,
    OptionalText,
    Search,
)


class PartnerIn(Body):
    name: Name
    parent: UUID | None = None
    level: Level = "bronze"
    country: OptionalCountry = ""
    region: OptionalText = ""
    vat_number: OptionalText = ""
    address: OptionalLines = ""
    currency: Currency | None = None
    language: Language | None = None
    payer: StrictBool | None = None


class PartnerChange(Body):
    name: Name = UNCHANGED
    parent: UUID | None = UNCHANGED
    level: Level = UNCHANGED
    country: OptionalCountry = UNCHANGED
    region: OptionalText = UNCHANGED
    vat_number: OptionalText = UNCHANGED
    address: OptionalLines = UNCHANGED
    currency: Currency = UNCHANGED
    language: Language = UNCHANGED
    payer: StrictBool = UNCHANGED


class PartnersIn(PageIn):
    """The partners whose name contains ``search``."""

    search: Search = ""


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
