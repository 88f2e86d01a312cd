"""Short ways to run one SQL statement on the current connection.

They do not use Django's cursor, which costs more than a short statement itself. What Django promises about statements
still holds: errors are Django's, and wrappers and query logs see every statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections, transaction
from psycopg.pq import ExecStatus

from strapontin.kit import prepared
from strapontin.kit.prepared import Params
from strapontin.kit.rows import Counted, Value, row_maker

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
    answer, _ = _execute(sql, params, shape)
    return answer[0] if answer else None


def values_of(kind: type[Row], sql: str, params: Params = None) -> list[Row]:
    """The values of a query with one column. ``kind`` is their type, for the type checker alone."""
    return _execute(sql, params, Value)[0]


def value_of(kind: type[Row], sql: str, params: Params = None) -> Row | None:
    """The first value of a query with one column, or ``None`` if there is no row; see :func:`values_of`."""
    answer, _ = _execute(sql, params, Value)
    return answer[0] if answer else None


def exists(sql: str, params: Params = None) -> bool:
    """Whether a query answers a row."""
    return _execute(sql, params, Counted)[1] > 0


def run(sql: str, params: Params = None) -> int:
    """Runs a statement; answers the number of rows it touched."""
    return _execute(sql, params, Counted)[1]


@contextmanager
def rehearsal() -> Iterator[None]:
    """A savepoint that is always rolled back. Changes made in the block can be read in it, and are gone after it."""
    try:
        with transaction.atomic():
            yield
            raise _RolledBack
    except _RolledBack:
        pass


class _RolledBack(Exception):  # noqa: N818 - no fault: it rolls a savepoint back
    pass


def begin(statements: str) -> None:
    """Begins the transaction of an atomic block and runs ``statements`` in it, in one round trip.

    psycopg would use a round trip only to begin. No statement may have run in the block. ``statements`` are separated
    by semicolons; their values are in the text, quoted.
    """
    django = connections[DEFAULT_DB_ALIAS]
    if django.connection is None:
        django.ensure_connection()
    with django.wrap_database_errors:
        server = django.connection.pgconn
        result = server.exec_(f"BEGIN; {statements}".encode())
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise OperationalError(server.get_error_message())


def is_conflict(error: DatabaseError) -> bool:
    """Whether another transaction was in the way: begin the work again.

    By a deadlock, by a serialization failure, or as a migration that changed a table under a prepared statement.
    """
    return getattr(error.__cause__, "sqlstate", None) in _CONFLICTS or prepared.is_outdated(error.__cause__)


def statement(beside: str, name: str) -> str:
    """The text of the SQL file ``name`` in the folder of the module file ``beside``."""
    return (Path(beside).parent / name).read_text(encoding="utf-8")


def _execute(sql: str, params: Params, shape: type[Any]) -> tuple[list[Any], int]:
    """The rows that the server answered, and the number of rows that it answered or touched."""
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
