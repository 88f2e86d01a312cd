"""Short ways to run one SQL statement on the current connection.

They go to the server past Django's cursor, which costs more than a short statement itself. What Django promises
around it holds: errors are Django's, and wrappers and query logs see every statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from psycopg.pq import ExecStatus

from strapontin.kit import prepared
from strapontin.kit.prepared import Params
from strapontin.kit.rows import Value, row_maker

Row = TypeVar("Row")

# A deadlock, and a serialization failure.
_CONFLICTS = ("40P01", "40001")


def rows_of(shape: type[Row], sql: str, params: Params = None) -> list[Row]:
    """All rows of a query, each as a ``shape``: a dataclass whose fields are the columns.

    A column of the type json or jsonb is decoded into the type of its field.
    """
    return _execute(sql, params, shape)[0]


def row_of(shape: type[Row], sql: str, params: Params = None) -> Row | None:
    """The first row of a query as a ``shape``, or ``None``; see :func:`rows_of`."""
    found, _ = _execute(sql, params, shape)
    return found[0] if found else None


def values_of(kind: type[Row], sql: str, params: Params = None) -> list[Row]:
    """The one column of a query, from all its rows; ``kind`` tells the type checker what stands there."""
    return _execute(sql, params, Value)[0]


def value_of(kind: type[Row], sql: str, params: Params = None) -> Row | None:
    """The one column of a query's first row, or ``None`` if there is no row; see :func:`values_of`."""
    found, _ = _execute(sql, params, Value)
    return found[0] if found else None


def exists(sql: str, params: Params = None) -> bool:
    """Whether a query answers a row."""
    return _execute(sql, params, dict)[1] > 0


def rows(sql: str, params: Params = None) -> list[dict[str, Any]]:
    """All rows of a query, each as a dict by column name."""
    return _execute(sql, params, dict)[0]


def row(sql: str, params: Params = None) -> dict[str, Any] | None:
    """The first row of a query as a dict, or ``None``."""
    found, _ = _execute(sql, params, dict)
    return found[0] if found else None


def run(sql: str, params: Params = None) -> int:
    """Runs a statement; answers the number of rows it touched."""
    return _execute(sql, params, dict)[1]


@contextmanager
def rehearsal() -> Iterator[None]:
    """A savepoint that is always taken back: what is done inside can be read inside, and is gone afterwards."""
    try:
        with transaction.atomic():
            yield
            raise _TakenBack
    except _TakenBack:
        pass


class _TakenBack(Exception):  # noqa: N818  carries no fault: it takes a savepoint back
    pass


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


def is_conflict(error: OperationalError) -> bool:
    """Whether the server ended a transaction because another one stood in its way: the work may begin anew.

    True for a deadlock and for a serialization failure.
    """
    return getattr(error.__cause__, "sqlstate", None) in _CONFLICTS


def statement(beside: str, name: str) -> str:
    """The text of the SQL file ``name`` that stands beside the module file ``beside``."""
    return (Path(beside).parent / name).read_text(encoding="utf-8")


def _execute(sql: str, params: Params, shape: type[Any]) -> tuple[list[Any], int]:
    """The rows, and how many were answered or touched."""
    django = connections[DEFAULT_DB_ALIAS]
    if django.connection is None:
        django.ensure_connection()
    if django.needs_rollback:
        django.validate_no_broken_transaction()
    watched = django.execute_wrappers or django.force_debug_cursor
    if not watched and prepared.may_execute(django.connection):
        with django.wrap_database_errors:
            return prepared.execute(django.connection, sql, params, shape)
    with django.cursor() as cursor:
        cursor.execute(sql, params)
        columns = cursor.description
        if not columns:
            return [], max(0, cursor.rowcount)
        make_row = row_maker(shape, tuple(c.name for c in columns), tuple(c.type_code for c in columns))
        return [make_row(values) for values in cursor.fetchall()], max(0, cursor.rowcount)
