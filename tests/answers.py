"""Answers of the database as dicts, for tests that look at a few columns; the product reads classes."""

from __future__ import annotations

from typing import Any

from django.db import connection

from strapontin.kit.prepared import Params


def rows(sql: str, params: Params = None) -> list[dict[str, Any]]:
    """All rows of a query in the scope of the test, each as a dict by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
