"""The kinds of values that clients send: each refuses what the database or a rule could not take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StrictInt,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from strapontin.kit.currencies import CURRENCIES, OTHER_DECIMALS
from strapontin.kit.dates import FIRST_DAY, LAST_DAY
from strapontin.kit.emails import is_email
from strapontin.kit.places import country_code
from strapontin.kit.text import email_form, has_controls, is_visible, tidy, tidy_lines
from strapontin.kit.zones import time_zones
from strapontin.organisation.models import ADDRESS_LENGTH, CLIENT_ID_LENGTH, NAME_LENGTH, PURCHASE_ORDER_LENGTH

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def refuse(sentence: Any) -> PydanticCustomError:
    """An error whose sentence is already meant for the reader."""
    return PydanticCustomError("told", "{sentence}", {"sentence": sentence})


@dataclass(frozen=True)
class _Length:
    """How many characters a text has, once it has its one form."""

    least: int
    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"minLength": self.least, "maxLength": self.most}

    def _checked(self, text: str) -> str:
        if len(text) < self.least:
            raise PydanticKnownError("string_too_short", {"min_length": self.least})
        if len(text) > self.most:
            raise PydanticKnownError("string_too_long", {"max_length": self.most})
        return text


def _name(text: str) -> str:
    if text and not is_visible(text):
        raise refuse(_("This cannot be empty."))
    return text


def _one_line(text: str) -> str:
    text = tidy(text)
    if has_controls(text):
        raise refuse(_("Control characters cannot be part of a text."))
    return text


def _lines(text: str) -> str:
    text = tidy_lines(text)
    if has_controls(text, lines=True):
        raise refuse(_("Control characters cannot be part of a text."))
    return text


def _secret(text: str) -> str:
    if has_controls(text):
        raise refuse(_("Control characters cannot be part of a text."))
    return text


def _mail(text: str) -> str:
    address = email_form(text)
    if not is_email(address):
        raise refuse(_("This is not an e-mail address."))
    return address


def _mail_or_nothing(text: str) -> str:
    return _mail(text) if tidy(text) else ""


def _written_day(value: object) -> object:
    # pydantic would also take a number of seconds, or a moment, for a date.
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise refuse(_("A date looks like 2022-11-01."))
    if not isinstance(value, str | date) or isinstance(value, datetime):
        raise refuse(_("A date looks like 2022-11-01."))
    return value


def _day_in_range(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise refuse(_("A date lies between 1970 and 2999."))
    return value


def _written_moment(value: object) -> object:
    if not isinstance(value, str | datetime) or (isinstance(value, str) and not _DAY.match(value)):
        raise refuse(_("A moment looks like 2022-11-01T08:00:00+01:00."))
    return value


def _moment_in_range(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise refuse(_("A moment looks like 2022-11-01T08:00:00+01:00."))
    _day_in_range(value.date())
    return value


def _decimal(pattern: str, sentence: Any) -> BeforeValidator:
    expression = re.compile(pattern)

    def read(value: object) -> object:
        if isinstance(value, Decimal):
            return value
        if not isinstance(value, str) or not expression.fullmatch(value):
            raise refuse(sentence)
        return Decimal(value)

    return BeforeValidator(read)


def _zone(name: str) -> str:
    if name not in time_zones():
        raise refuse(_("A time zone has a name such as Europe/Paris or UTC."))
    return name


def _country(text: str) -> str:
    code = country_code(text)
    if code is None:
        raise refuse(_("A country is a code of ISO 3166-1, such as FR."))
    return code


def _country_or_nothing(text: str) -> str:
    return _country(text) if text else ""


def _currency(code: str) -> str:
    if code in OTHER_DECIMALS:
        raise refuse(_("Amounts here have two decimals, and this currency does not."))
    if code not in CURRENCIES:
        raise refuse(_("A currency is a code of ISO 4217, such as EUR."))
    return code


def _months(value: object) -> object:
    # ``true`` equals 1 in Python, and is no number of months.
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(_("A term is 1, 12 or 36 months."))
    return value


def _empty_if_null(text: str | None) -> str:
    return text or ""


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


# Far longer texts are refused before anything is done with them.
_Typed = Annotated[str, StringConstraints(max_length=10_000)]
_Line = Annotated[_Typed, AfterValidator(_one_line)]
Name = Annotated[_Line, _Length(1, NAME_LENGTH), AfterValidator(_name)]
Text = Annotated[_Line, _Length(0, 200)]
Lines = Annotated[_Typed, AfterValidator(_lines), _Length(0, ADDRESS_LENGTH)]
Secret = Annotated[str, StringConstraints(max_length=500), AfterValidator(_secret)]
Mail = Annotated[_Typed, AfterValidator(_mail)]
# ``null`` means the empty text: in a PATCH it clears what was there.
NULL_IS_EMPTY = AfterValidator(_empty_if_null)
Words = Annotated[_Typed, AfterValidator(_lines), _Length(0, 1000)]
OptionalText = Annotated[Text | None, NULL_IS_EMPTY]
ClientId = Annotated[Annotated[_Line, _Length(0, CLIENT_ID_LENGTH)] | None, NULL_IS_EMPTY]
PurchaseOrder = Annotated[Annotated[_Line, _Length(0, PURCHASE_ORDER_LENGTH)] | None, NULL_IS_EMPTY]
OptionalMail = Annotated[Annotated[_Typed, AfterValidator(_mail_or_nothing)] | None, NULL_IS_EMPTY]
OptionalLines = Annotated[Lines | None, NULL_IS_EMPTY]
OptionalSecret = Annotated[Secret | None, NULL_IS_EMPTY]
# A line of which a rule says later what it may be.
OptionalLine = Annotated[Annotated[_Line, _Length(0, 1000)] | None, NULL_IS_EMPTY]
Quantity = Annotated[StrictInt, Field(ge=0, le=1_000_000)]
Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(_day_in_range)]
Moment = Annotated[datetime, BeforeValidator(_written_moment), AfterValidator(_moment_in_range)]
Money = Annotated[
    Decimal,
    _decimal(r"[0-9]{1,7}(\.[0-9]{1,2})?", _('An amount is a text with at most two decimals: "10.00".')),
]
Percent = Annotated[
    Decimal,
    _decimal(r"[0-9]{1,3}(\.[0-9]{1,2})?", _('A percentage is a text: "10" or "12.5".')),
    Field(le=100),
]
TypeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Currency = Annotated[_Line, AfterValidator(_currency)]
Country = Annotated[_Line, AfterValidator(_country)]
OptionalCountry = Annotated[Annotated[_Line, AfterValidator(_country_or_nothing)] | None, NULL_IS_EMPTY]
TimeZone = Annotated[_Line, AfterValidator(_zone)]
Language = Literal["fr", "en"]
Level = Literal["bronze", "silver", "gold", "platinum"]
Term = Annotated[Literal[1, 12, 36], BeforeValidator(_months)]
RoleName = Literal["subscriptions", "invoices", "customers", "users", "stacks", "administrators"]
Roles = Annotated[list[RoleName], Field(max_length=20), AfterValidator(_distinct)]
Cursor = Annotated[str, StringConstraints(max_length=2000)]
Limit = Annotated[int, Field(ge=1, le=500)]
Search = Text
DEFAULT_LIMIT = 100
