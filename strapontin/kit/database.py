"""Short ways to run one SQL statement on the current connection.

They go to psycopg past Django's cursor, which costs a short statement more than the statement itself. What
Django promises around it holds: errors are Django's, and wrappers and query logs see every statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from psycopg.pq import ExecStatus
from psycopg.rows import dict_row

if TYPE_CHECKING:
    from psycopg import Cursor

Params = Sequence[Any] | Mapping[str, Any] | None


def rows(sql: str, params: Params = None) -> list[dict[str, Any]]:
    """All rows of a query, each as a dict by column name."""
    return _execute(sql, params).fetchall()


def row(sql: str, params: Params = None) -> dict[str, Any] | None:
    """The first row of a query as a dict, or ``None``."""
    return _execute(sql, params).fetchone()


def run(sql: str, params: Params = None) -> int:
    """Runs a statement; answers the number of rows it touched."""
    return _execute(sql, params).rowcount


def begin(statements: str) -> None:
    """Begins the transaction of an atomic block that is still empty, and sets it up, in one round trip.

    psycopg would begin in a round trip of its own at the first statement. ``statements`` are separated by
    semicolons and carry their values quoted.
    """
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    with django.wrap_database_errors:
        server = django.connection.pgconn
        result = server.exec_(f"BEGIN; {statements}".encode())
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise OperationalError(server.get_error_message())


def statement(beside: str, name: str) -> str:
    """The text of the SQL file ``name`` that stands beside the module file ``beside``."""
    return (Path(beside).parent / name).read_text(encoding="utf-8")


def _execute(sql: str, params: Params) -> Cursor[dict[str, Any]]:
    django = connections[DEFAULT_DB_ALIAS]
    cursor: Cursor[dict[str, Any]]
    if django.execute_wrappers or django.queries_logged:
        watched = django.cursor()
        cursor = watched.cursor
        cursor.row_factory = dict_row
        watched.execute(sql, params)
        return cursor
    django.ensure_connection()
    django.validate_no_broken_transaction()
    with django.wrap_database_errors:
        cursor = django.connection.cursor(row_factory=dict_row)
        return cursor.execute(sql, params)
