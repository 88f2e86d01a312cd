"""Lists that have addresses: what is searched, filtered, sorted, and which page is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import QueryDict

from strapontin.web.shapes import Option, Paging, SortDirection, Sorting

PAGE_SIZE = 25
FURTHEST_PAGE = 100_000


class Address:
    """The query of a list's address, from which the links of the list are made."""

    def __init__(self, path: str, query: QueryDict) -> None:
        self.path = path
        self._query = {name: str(value) for name, value in query.items() if value}

    def get(self, name: str, allowed: Iterable[str] | None = None) -> str:
        """The value of ``name``; empty where it is not one of ``allowed``."""
        value = self._query.get(name, "").strip()[:200].replace("\x00", "")
        return value if allowed is None or value in allowed else ""

    def key(self, name: str) -> str:
        """A value that a page before this one made, whatever its length."""
        return self._query.get(name, "")

    def number(self, name: str, *, default: int, most: int) -> int:
        """A whole number from 1 to ``most``; anything else is ``default``."""
        value = self._query.get(name, "")
        return min(int(value), most) if value.isascii() and value.isdigit() and int(value[:9]) > 0 else default

    def url(self, **changed: object) -> str:
        """The address with other values; the page starts again unless it is what changes."""
        query: dict[str, object] = {**self._query, "page": "", "after": "", **changed}
        kept = {name: value for name, value in query.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def sorting(self, keys: Iterable[str], *, default: str) -> tuple[Sorting, str, bool]:
        """How the list is sorted: for the table's head, the column, and whether downwards."""
        known = list(keys)
        wanted = self._query.get("sort", "")
        key, down = wanted.removeprefix("-"), wanted.startswith("-")
        if key not in known:
            key, down = default, False
        urls = {each: self.url(sort=f"-{each}" if each == key and not down else each) for each in known}
        direction: SortDirection = "descending" if down else "ascending"
        return Sorting(urls, key, direction), key, down

    def paging(self, *, shown: int, total: int, page: int) -> Paging:
        """The foot of page number ``page``."""
        first = (page - 1) * PAGE_SIZE + 1 if shown else 0
        pages = max(1, -(-total // PAGE_SIZE))
        return Paging(
            first=first,
            last=first + shown - 1 if shown else 0,
            total=total,
            page=page if pages > 1 else None,
            pages=pages if pages > 1 else None,
            previous_url=self.url(page=page - 1 if page > 2 else "") if page > 1 else "",
            next_url=self.url(page=page + 1) if page < pages else "",
        )


def options(choices: Mapping[str, str], selected: str, *, everything: str) -> list[Option]:
    """The choices of a filter, the first of which is none."""
    return [Option("", everything, not selected)] + [
        Option(value, label, value == selected) for value, label in choices.items()
    ]
