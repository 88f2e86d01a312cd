"""What ``/partners`` takes and answers."""

from __future__ import annotations

from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.common import Answer, Body, PageIn
from strapontin.api.schemas.kinds import Country, Currency, Language, Level, Lines, Name, Search, Text, VatNumber


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
