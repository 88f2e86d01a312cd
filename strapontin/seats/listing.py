"""The one list of users: searched, filtered, sorted and cut into pages by the database, over a whole scope.

A search looks for words, each by its beginning, in any order, without case and accents: in the user's name, e-mail and
extension, and in the names of its site and customer. The names of places stand in other tables. So the places that a
word names are looked up first. Then one index finds the users with the word or in one of these places.

Row level security would hide this index: PostgreSQL asks a policy before any condition that could tell of a row, and a
search is one. So the statements run as the billing role, which sees every user, and are bound by the same settings of
the transaction that the policies compare (docs/adr/0013-lists-over-a-scope.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from django.db import OperationalError

from strapontin.access.grants import UserManager, UserReader
from strapontin.access.scope import as_billing
from strapontin.kit.database import rows_of, run, value_of
from strapontin.kit.names import place_word, search_words
from strapontin.kit.rules.conditions import CUSTOMER, IN_LIST, PROVIDER
from strapontin.refusals import Refusal
from strapontin.seats.filters import EVERYBODY, Listed, UserFilter, filtered
from strapontin.seats.queries import User, select_users

Sort = Literal["name", "site", "type", "customer"]
SORTS: tuple[Sort, ...] = ("name", "site", "type", "customer")
Place = tuple[str, UUID]
# More words of a search are not looked at.
MOST_WORDS = 8
# Users in up to so many sites and customers that a word names are found exactly by one index. In up to so many
# customers, they are found among all users of these customers. A word that names still more is sought in every user.
MOST_PLACES = 100
MOST_CUSTOMERS = 2_000
# How long one statement of a list may take.
LONGEST = "8s"
# Of a search with many results over several customers, so many users are counted.
MANY = 100
# If no more users than this fulfil a search, they are found before anything else is asked of them.
FEW_USERS = 10_000

_FIRST_KEYS: dict[Sort, str] = {"name": "''", "site": "s.sort_key", "type": "u.type_code", "customer": "c.sort_key"}
_LISTED = "u.state IN ('active', 'refused')"
_EVERYBODY = "seat_user u"
_MATCHED = f"SELECT u.customer_id, u.id FROM seat_user u WHERE {_LISTED} AND {{narrow}}"  # noqa: S608  our own words
_MATCHES = f"""
WITH matched AS MATERIALIZED ({_MATCHED})
SELECT count(*) FROM (SELECT 1 FROM matched LIMIT {FEW_USERS + 1}) AS counted
"""  # noqa: S608
# The limit tells PostgreSQL that they are few. It is higher than their number: some may have come since.
_FEW = f"""
(WITH matched AS MATERIALIZED ({_MATCHED}) SELECT customer_id, id FROM matched LIMIT {FEW_USERS + 1000}) AS few
JOIN seat_user u ON u.customer_id = few.customer_id AND u.id = few.id
"""  # noqa: S608
_FROM = f"""
  FROM {{users}}
  JOIN customer c ON c.id = u.customer_id
  JOIN site s ON s.customer_id = u.customer_id AND s.id = u.site_id
 WHERE {_LISTED} AND {{where}}
"""
_CHOSEN = """
SELECT u.customer_id, u.id, c.name AS customer_name, {first} AS first_key, u.sort_key {of}
 ORDER BY {order} LIMIT %(limit)s
"""
# Each type is read by name, and no further than the page needs.
_CHOSEN_BY_TYPE = """
SELECT of_type.* FROM subscription_type type
 CROSS JOIN LATERAL (
    SELECT u.customer_id, u.id, c.name AS customer_name, u.type_code AS first_key, u.sort_key {of}
       AND u.type_code = type.code
       AND EXISTS (SELECT 1 FROM customer_total t WHERE t.customer_id = c.id AND t.type_code = type.code)
     ORDER BY u.sort_key {direction}, u.id {direction} LIMIT %(limit)s) AS of_type
 ORDER BY of_type.first_key {direction}, of_type.sort_key {direction}, of_type.id {direction} LIMIT %(limit)s
"""
_FURTHER = """
, u.customer_id, chosen.customer_name, '{sort}' || E'\\n' || chosen.first_key || E'\\n' || chosen.sort_key AS place
"""
_PLACES_OF_WORD = """
SELECT {number} AS word, id, customer_id, kind FROM (
    (SELECT c.id, c.id AS customer_id, 'customer' AS kind FROM customer c
      WHERE {scope} AND c.search_words @@ %(word{number})s::tsquery LIMIT {most})
     UNION ALL
    (SELECT s.id, s.customer_id, 'site' FROM site s JOIN customer c ON c.id = s.customer_id
      WHERE {scope} AND s.search_words @@ %(word{number})s::tsquery LIMIT {most})) AS place
"""


@dataclass(frozen=True, slots=True)
class ListedUser(User):
    """A user of a list, with its customer. ``place`` is where the list is read on after it."""

    customer_id: UUID
    customer_name: str
    place: str


@dataclass(frozen=True, slots=True)
class Found:
    """How many users a list has; ``more``: at least so many."""

    users: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class _PlaceOfWord:
    word: int
    id: UUID
    customer_id: UUID
    kind: str


def list_users(
    reader: UserReader | UserManager,
    *,
    only: UserFilter = EVERYBODY,
    sort: Sort = "name",
    descending: bool = False,
    after: Place | None = None,
    limit: int,
) -> list[ListedUser]:
    """Users in the reader's scope: of all its customers, or of the one customer of a ``UserManager``.

    Those of customers in the archive are left out, unless ``only`` names the customer.

    They come in the order of ``sort`` and then of their names. ``after`` are ``place`` and id of the last user seen; a
    place in a list of another order is no place in this one, which then begins.
    """
    return page_of_users(reader, only=only, sort=sort, descending=descending, after=after, limit=limit)[0]


def page_of_users(
    reader: UserReader | UserManager,
    *,
    only: UserFilter = EVERYBODY,
    sort: Sort = "name",
    descending: bool = False,
    after: Place | None = None,
    limit: int,
    most: int = 0,
) -> tuple[list[ListedUser], Found]:
    """As :func:`list_users`, and how many users the whole list has, counted up to ``most``.

    Of a search with many results over a wide scope, no more than :data:`MANY` are counted.
    """
    with as_billing(), _planned_for_each():
        users, listed = _listed(reader, only)
        page = _page(users, listed, sort, descending, after, limit)
        return page, _count(users, listed, most if users != _EVERYBODY or not only.search else _fewer(reader, most))


def _fewer(reader: UserReader | UserManager, most: int) -> int:
    # To find a thousand users of a scope among the many of an installation would take long.
    return most if isinstance(reader, UserManager) else min(most, MANY)


def _count(users: str, listed: Listed, most: int) -> Found:
    if not most:
        return Found(0, more=True)
    of = _FROM.format(users=users, where=listed.where)
    counted = f"SELECT count(*) FROM (SELECT 1 {of} LIMIT %(most)s) AS counted"  # noqa: S608
    found = value_of(int, counted, listed.params | {"most": most + 1}) or 0
    return Found(min(found, most), more=found > most)


@contextmanager
def _planned_for_each() -> Iterator[None]:
    """How many rows a word or a scope leaves differs a thousandfold: no plan serves for two lists.

    A search whose words are each everywhere and nowhere together would read every user: it is given up.
    """
    run(
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('statement_timeout', %s, true)",
        [LONGEST],
    )
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == "57014":
            raise Refusal("search_too_wide") from error
        raise


def _page(
    users: str, listed: Listed, sort: Sort, descending: bool, after: Place | None, limit: int
) -> list[ListedUser]:
    first = _FIRST_KEYS[sort]
    keys = ["u.sort_key", "u.id"] if sort == "name" else [first, "u.sort_key", "u.id"]
    direction, beyond = ("DESC", "<") if descending else ("ASC", ">")
    if after and (key := keys_in(sort, after[0])):
        values = ["%(after_name)s", "%(after_id)s::uuid"]
        if sort != "name":
            values = ["%(after_first)s", *values]
            # An index answers this one.
            listed = listed.narrowed(f"{first} {beyond}= %(after_first)s", after_first=key[0])
        row = f"({', '.join(keys)}) {beyond} ({', '.join(values)})"
        listed = listed.narrowed(row, after_name=key[1], after_id=after[1])
    order = ", ".join(f"{key} {direction}" for key in keys)
    of = _FROM.format(users=users, where=listed.where)
    chosen = _CHOSEN_BY_TYPE if sort == "type" else _CHOSEN
    sql = select_users(
        chosen.format(first=first, of=of, order=order, direction=direction),
        further=_FURTHER.format(sort=sort),
        order=f"chosen.first_key {direction}, chosen.sort_key {direction}, chosen.id {direction}",
    )
    return rows_of(ListedUser, sql, listed.params | {"limit": limit})


def keys_in(sort: Sort, place: str) -> tuple[str, str] | None:
    """The two keys of a place in a list of this order; ``None`` if it is none."""
    parts = place.split("\n")
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == sort else None


def _listed(reader: UserReader | UserManager, only: UserFilter) -> tuple[str, Listed]:
    """The tables of a list's users, and its conditions."""
    scope = _scope(reader)
    conditions: tuple[str, ...] = (scope,)
    if isinstance(reader, UserManager):
        only = replace(only, customer_id=reader.customer.id)
    elif only.customer_id is None:
        conditions = (scope, "c.archived_at IS NULL")
    listed = filtered(Listed(conditions, {}), only)
    words = search_words(only.search)[:MOST_WORDS]
    return _searched(listed, words, scope) if words else (_EVERYBODY, listed)


def _scope(reader: UserReader | UserManager) -> str:
    """The condition of the customers, as their policy has it."""
    if isinstance(reader, UserManager) or reader.actor.customer_id:
        return f"c.id = {CUSTOMER}"
    return PROVIDER if reader.actor.provider else f"c.{IN_LIST}"


def _searched(listed: Listed, words: list[str], scope: str) -> tuple[str, Listed]:
    """A list narrowed to users with every word, in their own data or in that of their place."""
    by_index, exact = _by_index(words, scope)
    if not exact:
        whole = "(u.search_words || s.search_words || c.search_words) @@ %(whole)s::tsquery"
        listed = listed.narrowed(whole, whole=" & ".join(_beginning(word) for word in words))
    if not by_index.conditions:
        return _EVERYBODY, listed
    matches = value_of(int, _MATCHES.format(narrow=by_index.where), by_index.params) or 0
    params = listed.params | by_index.params
    if matches <= FEW_USERS:
        return _FEW.format(narrow=by_index.where), Listed(listed.conditions, params)
    return _EVERYBODY, Listed(listed.conditions + by_index.conditions, params)


def _by_index(words: list[str], scope: str) -> tuple[Listed, bool]:
    """What indexes know of users with every word, and whether that is all that the search asks."""
    by_index, exact = Listed((), {}), True
    for number, places in enumerate(_places_of(words, scope)):
        most = max(Counter(place.kind for place in places).values(), default=0)
        exact = exact and most <= MOST_PLACES
        if most > MOST_CUSTOMERS:
            continue
        condition, params = f"u.search_words @@ %(word{number})s::tsquery", dict[str, object]()
        if most > MOST_PLACES:
            condition = f"({condition} OR u.customer_id = ANY (%(customers{number})s::uuid[]))"
            params[f"customers{number}"] = [str(id_) for id_ in {place.customer_id for place in places}]
        elif places:
            condition = f"({condition} OR u.search_words @@ %(places{number})s::tsquery)"
            params[f"places{number}"] = " | ".join(f"'{place_word(place.id)}'" for place in places)
        by_index = by_index.narrowed(condition, **params, **{f"word{number}": _beginning(words[number])})
    return by_index, exact


def _places_of(words: list[str], scope: str) -> list[list[_PlaceOfWord]]:
    """The sites and customers that each word names."""
    sql = " UNION ALL ".join(
        _PLACES_OF_WORD.format(number=number, scope=scope, most=MOST_CUSTOMERS + 1) for number in range(len(words))
    )
    places: list[list[_PlaceOfWord]] = [[] for _ in words]
    for place in rows_of(_PlaceOfWord, sql, {f"word{number}": _beginning(word) for number, word in enumerate(words)}):
        places[place.word].append(place)
    return places


def _beginning(word: str) -> str:
    return f"'{word}':*"
