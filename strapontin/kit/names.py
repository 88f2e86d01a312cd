"""Names in the order in which people look for them."""

from __future__ import annotations

from unicodedata import combining, normalize


def by_name(name: str) -> str:
    """A key to sort by: É stands with E, capitals with small letters.

    The database compares code points, since the embedded server has no language's order of its own.
    """
    return "".join(letter for letter in normalize("NFKD", name.casefold()) if not combining(letter))
