"""Changes of a row that several people may edit: what differs, and the update that counts the version up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from strapontin.kit.database import run


def different(changes: Mapping[str, Any], before: object) -> dict[str, Any]:
    """Those of ``changes`` that differ from the fields of ``before``."""
    return {field: value for field, value in changes.items() if getattr(before, field) != value}


def values(fields: Iterable[str], before: object) -> dict[str, Any]:
    """The values of some fields, as the journal keeps them."""
    return {field: getattr(before, field) for field in fields}


def update(table: str, key: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Sets ``changes`` in the row with this key and counts its version up.

    The names of columns come from the code that calls, never from a request.
    """
    columns = ", ".join(f"{field} = %(new_{field})s" for field in changes)
    where = " AND ".join(f"{field} = %({field})s" for field in key)
    run(
        f"UPDATE {table} SET {columns}, version = version + 1 WHERE {where}",  # noqa: S608
        {f"new_{field}": value for field, value in changes.items()} | dict(key),
    )
