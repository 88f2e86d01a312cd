"""How wazo-confd chooses, sorts and cuts a list of users, with its oddities (seen on a genuine server).

A client that pages must not trust it: identifiers are sorted as text, equal last names come in another order
with a filter, and in the default view users with lines change places when there is a limit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from strapontin.stacks.wazo.simulator.views import default_view, directory_view, summary_view
from strapontin.stacks.wazo.simulator.wire import RefusedError, Reply, json_reply
from strapontin.stacks.wazo.simulator.world import User

VIEWS: Final[dict[str, Callable[[User, str], dict[str, Any]]]] = {
    "default": default_view,
    "summary": summary_view,
    "directory": directory_view,
}
_COLUMNS: Final[tuple[str, ...]] = (
    "id",
    "uuid",
    "firstname",
    "lastname",
    "email",
    "subscription_type",
    "enabled",
)
_SEARCHED: Final = ("firstname", "lastname", "email", "subscription_type", "enabled")
_TRUE: Final = frozenset({"t", "T", "true", "True", "TRUE", "on", "On", "ON", "y", "yes", "Yes", "YES", "1"})
_FALSE: Final = frozenset({"f", "F", "false", "False", "FALSE", "off", "Off", "OFF", "n", "no", "No", "NO", "0"})
# Letters that Unicode does not take apart, but PostgreSQL's unaccent does.
_STROKES: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})


def input_error(problem: str) -> RefusedError:
    """confd's 400: a list with one sentence."""
    return RefusedError(json_reply([f"Input Error - {problem}"], 400))


def is_true(name: str, query: dict[str, str]) -> bool:
    """A parameter that is true or false; false without it."""
    text = query.get(name, "false")
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    problem = {"message": "Not a valid boolean.", "constraint_id": "type", "constraint": "boolean"}
    raise input_error(f"{name}: {problem}")


def listed(users: list[User], query: dict[str, str], base: str) -> Reply:
    """The users of ``users`` that the query asks for; unknown parameters are ignored."""
    limit, offset = _number(query, "limit"), _number(query, "offset") or 0
    view = query.get("view", "default")
    if view not in VIEWS:
        raise input_error(f"view '{view}' does not exist")
    filters = {column: query[column] for column in _COLUMNS if column in query}
    search = _folded(query.get("search", ""))
    matching = [user for user in users if _matches(user, filters, search)]

    matching.sort(key=_tie_order(view, limited=limit is not None, filtered=bool(filters)))
    matching = _sorted(matching, query)
    page = matching[offset:] if limit is None else matching[offset : offset + limit]
    return json_reply({"total": len(matching), "items": [VIEWS[view](user, base) for user in page]})


def _tie_order(view: str, *, limited: bool, filtered: bool) -> Callable[[User], tuple[str, int, int]]:
    """By last name; equal ones as the plan of that query happens to yield them."""
    if filtered:
        return lambda user: (_folded(user.lastname or ""), 0, -user.id)
    if view == "default" and not limited:
        return lambda user: (_folded(user.lastname or ""), int(bool(user.lines)), user.id)
    return lambda user: (_folded(user.lastname or ""), 0, user.id)


def _sorted(users: list[User], query: dict[str, str]) -> list[User]:
    direction, order = query.get("direction", "asc"), query.get("order")
    if direction not in ("asc", "desc"):
        raise input_error("direction: must be 'asc' or 'desc'")
    backwards = direction == "desc"
    if order is None:
        return users[::-1] if backwards else users
    if order not in _COLUMNS:
        raise input_error(f"order: column '{order}' was not found")
    return sorted(users, key=lambda user: _folded(_text(user, order)), reverse=backwards)


def _matches(user: User, filters: dict[str, str], search: str) -> bool:
    if any(_text(user, column) != text for column, text in filters.items()):
        return False
    return not search or any(search in _folded(_text(user, column)) for column in _SEARCHED)


def _text(user: User, column: str) -> str:
    """A column cast to text, which is what confd sorts, filters and searches."""
    value = getattr(user, column)
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@lru_cache(maxsize=100_000)
def _folded(text: str) -> str:
    """Without accents and capitals."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(_STROKES)


def _number(query: dict[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        number = int(text)
    except ValueError:
        problem = {"message": "Not a valid integer.", "constraint_id": "type", "constraint": "integer"}
        raise input_error(f"{name}: {problem}") from None
    if number < 0:
        message = "Must be greater than or equal to 0."
        raise input_error(f"{name}: {[{'constraint_id': 'range', 'constraint': {'min': 0}, 'message': message}]}")
    if number == 0 and name == "limit":
        raise input_error("field 'limit': wrong type. Should be a positive number")
    return number
