"""The fields of a user that a request to wazo-confd sets: checked, and refused, as confd does."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from strapontin.stacks.wazo.simulator.listing import input_error
from strapontin.stacks.wazo.simulator.views import TEXTS
from strapontin.stacks.wazo.simulator.wire import RefusedError, json_reply
from strapontin.stacks.wazo.simulator.world import User

NAME_LENGTH: Final = 128
EMAIL_LENGTH: Final = 254
CALLER_ID_LENGTH: Final = 160
_CALLER_ID: Final = re.compile(r'"(.*)"( <\+?\d+>)?')
_ATOM: Final = r"[-!#$%&'*+/=?^`{}|~\w]+"
_EMAIL_USER: Final = re.compile(rf'{_ATOM}(\.{_ATOM})*|"([\001-\010\013\014\016-\037!#-\[\]-\177]|\\.)*"')
_EMAIL_DOMAIN: Final = re.compile(
    r"([A-Z0-9]([A-Z0-9-]{0,61}[A-Z0-9])?\.)+([A-Z]{2,6}|[A-Z0-9-]{2,})|localhost|\[\d{1,3}(\.\d{1,3}){3}\]",
    re.IGNORECASE,
)


def fields_of(body: bytes, *, required: bool) -> dict[str, Any]:
    """The fields of a user that the body sets, checked; unknown ones are dropped."""
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        message = "The browser (or proxy) sent a request that this server could not understand."
        raise RefusedError(json_reply({"message": message}, 400))
    if required and "firstname" not in content:
        raise input_error("firstname: ['Missing data for required field.']")
    checks = {"firstname": _firstname, "subscription_type": _subscription_type, "enabled": _enabled}
    checks |= {"lastname": _name, "email": _email, "caller_id": _caller_id} | dict.fromkeys(TEXTS, _text)
    return {name: check(name, content[name]) for name, check in checks.items() if name in content}


def apply(user: User, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in TEXTS:
            setattr(user, name, value)
        elif value is None:
            user.texts.pop(name, None)
        else:
            user.texts[name] = value


def _text(name: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise input_error(f"{name}: ['Not a valid string.']")
    return value


def _firstname(name: str, value: object) -> str | None:
    if value is None:
        raise input_error(f"{name}: ['Field may not be null.']")
    return _name(name, value)


def _name(name: str, value: object) -> str | None:
    return _up_to(NAME_LENGTH, name, _text(name, value))


def _email(name: str, value: object) -> str | None:
    """Checked as marshmallow does: the part before the last @, then the domain, of which IDNA makes ASCII."""
    text = _text(name, value)
    if text is None:
        return None
    user, at, domain = text.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = domain
    if not at or not _EMAIL_USER.fullmatch(user) or not any(map(_EMAIL_DOMAIN.fullmatch, (domain, ascii_domain))):
        raise input_error(f"{name}: ['Not a valid email address.']")
    return _up_to(EMAIL_LENGTH, name, text)


def _caller_id(name: str, value: object) -> str | None:
    if value is None:
        raise input_error(f"{name}: ['Field may not be null.']")
    text = _text(name, value)
    if text and not _CALLER_ID.fullmatch(text):
        raise input_error(f"{name}: ['String does not match expected pattern.']")
    return _up_to(CALLER_ID_LENGTH, name, text)


def _up_to(length: int, name: str, text: str | None) -> str | None:
    if text is not None and len(text) > length:
        raise input_error(f"{name}: ['Longer than maximum length {length}.']")
    return text


def _enabled(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise input_error(f"{name}: ['Not a valid boolean.']")
    return value


def _subscription_type(name: str, value: object) -> int:
    """0 to 10, without a default for null; "3" and 1.5 are taken for 3 and 1, true is not taken for 1."""
    if value is None:
        raise input_error(f"{name}: ['Field may not be null.']")
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        number = int(value)
    except (ValueError, OverflowError):
        raise input_error(f"{name}: ['Not a valid integer.']") from None
    if not 0 <= number <= 10:
        raise input_error(f"{name}: ['Must be greater than or equal to 0 and less than or equal to 10.']")
    return number
