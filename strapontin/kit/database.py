"""Short ways to run one SQL statement on the current connection.

They go to the server past Django's cursor, which costs more than a short statement itself. What Django promises
around it holds: errors are Django's, and wrappers and query logs see every statement.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from psycopg.pq import ExecStatus
from psycopg.rows import dict_row

from strapontin.kit import prepared
from strapontin.kit.prepared import Params, Row


def rows(sql: str, params: Params = None) -> list[Row]:
    """All rows of a query, each as a dict by column name."""
    return _execute(sql, params)[0]


def row(sql: str, params: Params = None) -> Row | None:
    """The first row of a query as a dict, or ``None``."""
    found, _ = _execute(sql, params)
    return found[0] if found else None


def run(sql: str, params: Params = None) -> int:
    """Runs a statement; answers the number of rows it touched."""
    return _execute(sql, params)[1]


def begin(statements: str) -> None:
    """Begins the transaction of an atomic block that is still empty, and sets it up, in one round trip.

    psycopg would begin in a round trip of its own at the first statement. ``statements`` are separated by
    semicolons and carry their values quoted.
    """
    django = connections[DEFAULT_DB_ALIAS]
    if django.connection is None:
        django.ensure_connection()
    with django.wrap_database_errors:
        server = django.connection.pgconn
        result = server.exec_(f"BEGIN; {statements}".encode())
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise OperationalError(server.get_error_message())


def statement(beside: str, name: str) -> str:
    """The text of the SQL file ``name`` that stands beside the module file ``beside``."""
    return (Path(beside).parent / name).read_text(encoding="utf-8")


def _execute(sql: str, params: Params) -> tuple[list[Row], int]:
    """The rows, and how many were answered or touched."""
    django = connections[DEFAULT_DB_ALIAS]
    if django.connection is None:
        django.ensure_connection()
    if django.needs_rollback:
        django.validate_no_broken_transaction()
    watched = django.execute_wrappers or django.force_debug_cursor
    if not watched and prepared.may_execute(django.connection):
        with django.wrap_database_errors:
            return prepared.execute(django.connection, sql, params)
    with django.cursor() as cursor:
        cursor.cursor.row_factory = dict_row
        cursor.execute(sql, params)
        found: list[Any] = cursor.fetchall() if cursor.description else []
        return found, max(0, cursor.rowcount)
