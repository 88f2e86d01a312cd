"""Lists with addresses: search, filters, sorting and page stand in the query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.http import QueryDict

from strapontin.kit.text import legible
from strapontin.web.frame.shapes import Option, Paging, SortDirection, Sorting

Row = TypeVar("Row")

PAGE_SIZE = 25
MOST_DIGITS = 9


def whole_number(text: str) -> int | None:
    """A whole number of up to nine ASCII digits; ``None`` for anything else, however long or strange."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


class Address:
    """The query of a list's address, from which the links of the list are made."""

    def __init__(self, path: str, query: QueryDict) -> None:
        self.path = path
        self._query = {name: str(value) for name, value in query.items() if value}

    def get(self, name: str, allowed: Iterable[str] | None = None) -> str:
        """The value of ``name``; empty if it is not one of ``allowed``."""
        value = legible(self._query.get(name, "")[:200])
        return value if allowed is None or value in allowed else ""

    def key(self, name: str) -> str:
        """A value that we made ourselves; it may be long."""
        return self._query.get(name, "")

    def page(self, *, total: int, size: int = PAGE_SIZE) -> int:
        """The page asked for of a list of ``total`` rows; the last one if there are fewer."""
        return max(1, min(whole_number(self._query.get("page", "")) or 1, -(-total // size)))

    def url(self, **changed: object) -> str:
        """The address with other values, on the first page unless the page is among them."""
        query: dict[str, object] = {**self._query, "page": "", "after": "", **changed}
        kept = {name: value for name, value in query.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def sorting(self, keys: Iterable[str], *, default: str) -> tuple[Sorting, str, bool]:
        """How the list is sorted: the links of the table's head, the column, and whether downwards."""
        columns = list(keys)
        sort = self._query.get("sort", "")
        key, down = sort.removeprefix("-"), sort.startswith("-")
        if key not in columns:
            key, down = default, False
        urls = {column: self.url(sort=f"-{column}" if column == key and not down else column) for column in columns}
        direction: SortDirection = "descending" if down else "ascending"
        return Sorting(urls, key, direction), key, down

    def paging(self, *, shown: int, total: int, page: int, size: int = PAGE_SIZE) -> Paging:
        """The foot of page number ``page``, which shows ``shown`` rows."""
        first = (page - 1) * size + 1 if shown else 0
        pages = max(1, -(-total // size))
        return Paging(
            first=first,
            last=first + shown - 1 if shown else 0,
            total=total,
            page=page if pages > 1 else None,
            pages=pages if pages > 1 else None,
            previous_url=self.url(page=page - 1 if page > 2 else "") if page > 1 else "",
            next_url=self.url(page=page + 1) if page < pages else "",
        )


class Keyset:
    """A place in a list that is read on from the last row of a page, by a key and the row's id.

    The address carries the place, signed so that nobody makes one up. ``of`` names the list: a place in one list is
    no place in another.
    """

    def __init__(self, address: Address, *, of: str) -> None:
        self._address = address
        self._salt = of
        self.after: tuple[str, UUID] | None = None
        self.before = 0
        try:
            key, row_id, before = signing.loads(address.key("after"), salt=of)
            self.after, self.before = (str(key), UUID(row_id)), int(before)
        except (signing.BadSignature, ValueError, TypeError):
            # No place, a place that we did not make, or an old one: the list begins.
            pass

    def page(self, rows: Sequence[Row], *, key: str, size: int = PAGE_SIZE) -> tuple[list[Row], Paging]:
        """The rows to show and the foot of the page of ``size`` rows; ``rows`` has one more if another page follows.

        ``key`` names the attribute by which the list is read on. One goes on from page to page and back to the first.
        """
        of_page = list(rows[:size])
        onward = ""
        if len(rows) > size:
            last: Any = of_page[-1]
            place = [str(getattr(last, key)), str(last.id), self.before + len(of_page)]
            onward = self._address.url(after=signing.dumps(place, salt=self._salt, compress=True))
        return of_page, Paging(
            first=self.before + 1 if of_page else 0,
            last=self.before + len(of_page),
            first_url=self._address.url(after="") if self.before else "",
            next_url=onward,
        )


def options(choices: Mapping[str, str], selected: str, *, everything: str) -> list[Option]:
    """The choices of a filter after the first one, which filters nothing."""
    return [Option("", everything, not selected)] + [
        Option(value, label, value == selected) for value, label in choices.items()
    ]
