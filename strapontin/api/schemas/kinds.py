"""The kinds of values that clients send: each refuses what the database or a rule could not take."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from strapontin.kit.emails import EMAIL_LENGTH, is_email
from strapontin.organisation.models import ADDRESS_LENGTH, CLIENT_ID_LENGTH, NAME_LENGTH, PURCHASE_ORDER_LENGTH

# Control characters, surrogates, line and paragraph separators, and marks that turn the reading direction.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
_CONTROLS_BUT_LINES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


def refuse(sentence: Any) -> PydanticCustomError:
    """An error whose sentence is already meant for the reader."""
    return PydanticCustomError("told", "{sentence}", {"sentence": sentence})


def _one_line(text: str) -> str:
    if _CONTROLS.search(text):
        raise refuse(_("Control characters cannot be part of a text."))
    return text


def _lines(text: str) -> str:
    if _CONTROLS_BUT_LINES.search(text):
        raise refuse(_("Control characters cannot be part of a text."))
    return text


def _unix_lines(value: object) -> object:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _mail(text: str) -> str:
    if not is_email(text):
        raise refuse(_("This is not an e-mail address."))
    return text


def _mail_or_nothing(text: str) -> str:
    return _mail(text) if text else text


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
    if name not in available_timezones():
        raise refuse(_("This is not the name of a time zone."))
    return name


def _months(value: object) -> object:
    # ``true`` equals 1 in Python, and is no number of months.
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(_("A term is 1, 12 or 36 months."))
    return value


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH), AfterValidator(_one_line)
]
ClientId = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=CLIENT_ID_LENGTH), AfterValidator(_one_line)
]
PurchaseOrder = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=PURCHASE_ORDER_LENGTH), AfterValidator(_one_line)
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(_one_line)]
Lines = Annotated[
    str,
    BeforeValidator(_unix_lines),
    StringConstraints(strip_whitespace=True, max_length=ADDRESS_LENGTH),
    AfterValidator(_lines),
]
Secret = Annotated[str, StringConstraints(max_length=500), AfterValidator(_one_line)]
Mail = Annotated[str, StringConstraints(strip_whitespace=True, max_length=EMAIL_LENGTH), AfterValidator(_mail)]
OptionalMail = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=EMAIL_LENGTH), AfterValidator(_mail_or_nothing)
]
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
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")]
VatNumber = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9 .\-]{0,24}$")]
TimeZone = Annotated[str, AfterValidator(_zone)]
Language = Literal["fr", "en"]
Level = Literal["bronze", "silver", "gold", "platinum"]
Term = Annotated[Literal[1, 12, 36], BeforeValidator(_months)]
RoleName = Literal["subscriptions", "invoices", "customers", "users", "stacks", "administrators"]
Roles = Annotated[list[RoleName], Field(max_length=20), AfterValidator(_distinct)]
Cursor = Annotated[str, StringConstraints(max_length=2000)]
Limit = Annotated[int, Field(ge=1, le=500)]
Search = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)]
DEFAULT_LIMIT = 100
