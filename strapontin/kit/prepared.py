"""Prepared statements straight on libpq.

psycopg's cursor serves every use of a database. A statement of daily work has a known text, few values and few rows,
and needs less. Each text is prepared once for each connection. psycopg's adapters dump its values and load its rows.
One blocking call does the rest. So a short statement takes a third of the processor time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

from strapontin.kit.rows import MakeRow, row_maker

Params = Sequence[Any] | Mapping[str, Any] | None
# A prepared statement costs the server memory in each connection. Our texts are fewer than this. If code makes ever new
# texts, all statements of the connection are dropped at this number, and prepared again when needed.
MOST_STATEMENTS = 400

_PLACEHOLDER = re.compile(r"%(?:%|s|\((\w+)\)s)")
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement as the server reads it. ``names`` are those of its values, in order; empty if they have none."""

    sql: bytes
    names: tuple[str, ...]
    formats: tuple[PyFormat, ...]


@dataclass(slots=True)
class _Statement:
    """A statement prepared on one connection, and a maker of rows for each shape that was asked for."""

    name: bytes
    makers: dict[type[Any], MakeRow] = field(default_factory=dict)


@dataclass(slots=True)
class _Prepared:
    """The statements prepared on one connection. ``outdated``: the server's tables changed under one of them."""

    statements: dict[tuple[str, tuple[int, ...]], _Statement] = field(default_factory=dict)
    outdated: bool = False


_prepared: WeakKeyDictionary[psycopg.Connection[Any], _Prepared] = WeakKeyDictionary()


def may_execute(connection: psycopg.Connection[Any]) -> bool:
    """Whether ``connection`` has begun its transaction, or needs none. If not, psycopg must run the first statement."""
    return connection.autocommit or connection.pgconn.transaction_status != TransactionStatus.IDLE


def is_outdated(error: BaseException | None) -> bool:
    """Whether a migration has changed what a prepared statement answers: it is prepared anew when it is next used."""
    # The server's words may be in any language; the name of its function is not.
    return isinstance(error, FeatureNotSupported) and error.diag.source_function == "RevalidateCachedQuery"


def execute(connection: psycopg.Connection[Any], sql: str, params: Params, shape: type[Any]) -> tuple[list[Any], int]:
    """The rows in ``shape`` (:func:`row_maker`), and how many were answered or touched. Raises psycopg's errors.

    If a migration has changed what the statement answers, it is prepared and executed once more. Inside a transaction
    that has begun, which the server has broken by then, the error is raised (:func:`is_outdated`).
    """
    try:
        return _execute(connection, sql, params, shape)
    except FeatureNotSupported as error:
        if not is_outdated(error):
            raise
        _prepared[connection].outdated = True
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            raise
    return _execute(connection, sql, params, shape)


def _execute(connection: psycopg.Connection[Any], sql: str, params: Params, shape: type[Any]) -> tuple[list[Any], int]:
    text = _read(sql)
    transformer = Transformer(connection)
    values: Sequence[Any] = ()
    if params:
        ordered = [params[name] for name in text.names] if isinstance(params, Mapping) else params
        values = transformer.dump_sequence(ordered, text.formats)
    server = connection.pgconn
    prepared = _prepared.setdefault(connection, _Prepared())
    statements = prepared.statements
    if prepared.outdated or len(statements) == MOST_STATEMENTS:
        _check(server, server.exec_(b"DEALLOCATE ALL"), connection)
        statements.clear()
        prepared.outdated = False
    key = (sql, transformer.types or ())
    statement = statements.get(key)
    if statement is None:
        statement = _Statement(f"strapontin_{len(statements)}".encode())
        _check(server, server.prepare(statement.name, text.sql, transformer.types), connection)
        statements[key] = statement
    result = server.exec_prepared(statement.name, values, transformer.formats)
    _check(server, result, connection)
    if result.status == ExecStatus.COMMAND_OK:
        return [], result.command_tuples or 0
    make_row = statement.makers.get(shape)
    if make_row is None:
        make_row = statement.makers[shape] = _row_maker(shape, result)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, make_row), result.ntuples


@lru_cache(maxsize=MOST_STATEMENTS)
def _read(sql: str) -> _Text:
    """The text with ``$1``, ``$2``… for its placeholders."""
    names: list[str] = []
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] == "%%":
            return "%"
        if match[1] is None:
            count += 1
            return f"${count}"
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    numbered = _PLACEHOLDER.sub(number, sql).encode()
    return _Text(numbered, tuple(names), (PyFormat.AUTO,) * (len(names) or count))


def _row_maker(shape: type[Any], result: PGresult) -> MakeRow:
    columns = range(result.nfields)
    names = tuple((result.fname(column) or b"").decode() for column in columns)
    return row_maker(shape, names, tuple(result.ftype(column) for column in columns))


def _check(server: PGconn, result: PGresult, connection: psycopg.Connection[Any]) -> None:
    if result.status in _DONE:
        return
    if server.status == ConnStatus.BAD:
        raise psycopg.OperationalError(server.get_error_message())
    raise error_from_result(result, encoding=connection.info.encoding)
