"""Short ways to run one SQL statement on the current connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connection

Params = Sequence[Any] | Mapping[str, Any] | None


def rows(sql: str, params: Params = None) -> list[dict[str, Any]]:
    """All rows of a query, each as a dict by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def row(sql: str, params: Params = None) -> dict[str, Any] | None:
    """The first row of a query as a dict, or ``None``."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchone()
        if found is None:
            return None
        return dict(zip([column[0] for column in cursor.description], found, strict=True))


def run(sql: str, params: Params = None) -> int:
    """Runs a statement; answers the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def statement(beside: str, name: str) -> str:
    """The text of the SQL file ``name`` that stands beside the module file ``beside``."""
    return (Path(beside).parent / name).read_text(encoding="utf-8")
