"""What ``/partners`` takes and answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool

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


class MoveIn(Body):
    """Where a partner shall stand: below ``parent``, or directly below the provider (``null``)."""

    parent: UUID | None


class MoveConfirmed(MoveIn):
    """``end``: ids of administrators and keys of the preview that shall end with the move. The others stay."""

    end: Annotated[list[UUID], Field(max_length=1000)] = Field(default_factory=list)


class MadeFromOutsideOut(Answer):
    kind: Literal["administrator", "api_key"]
    id: UUID
    name: str
    scope: dict[str, Any]
    roles: list[str]
    created_by: dict[str, Any]


class MovePreviewOut(Answer):
    """How many customers move along, and who at or below the partner was let in from outside its new line."""

    customers: int
    made_from_outside: list[MadeFromOutsideOut]


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
