"""Short statements: values and rows come and go as through psycopg, and Django's promises hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from strapontin.kit import prepared
from strapontin.kit.database import begin, row, rows, run
from tests.servers import Database

pytestmark = pytest.mark.usefixtures("database")


def test_values_keep_their_type() -> None:
    given = {
        "id": uuid4(),
        "text": "100 % d’été",
        "day": date(2024, 2, 29),
        "at": datetime(2024, 2, 29, 23, 59, tzinfo=UTC),
        "amount": Decimal("-0.10"),
        "seats": 70_000,
        "yes": True,
        "nothing": None,
        "several": [UUID(int=1), UUID(int=2)],
    }
    found = row(
        "SELECT %(id)s::uuid AS id, %(text)s::text AS text, %(day)s::date AS day, %(at)s::timestamptz AS at,"
        " %(amount)s::numeric AS amount, %(seats)s::int AS seats, %(yes)s::bool AS yes, %(nothing)s::text AS nothing,"
        " %(several)s::uuid[] AS several",
        given,
    )
    assert found == given


def test_signs_of_percent_and_repeated_names() -> None:
    assert row("SELECT 7 %% 4 AS rest, 'a%%' AS text, %s::int + %s::int AS sum", [1, 2]) == {
        "rest": 3,
        "text": "a%",
        "sum": 3,
    }
    assert rows("SELECT %(n)s::int AS a, %(n)s::int + 1 AS b", {"n": 4, "unused": 5}) == [{"a": 4, "b": 5}]
    assert row("SELECT 1 WHERE false") is None


def test_a_text_serves_values_of_any_size() -> None:
    for number in (1, 70_000, 5_000_000_000, None):
        assert row("SELECT %s::bigint AS number", [number]) == {"number": number}


def test_run_counts_what_it_touched() -> None:
    with transaction.atomic():
        assert run("CREATE TEMPORARY TABLE counted (n int PRIMARY KEY) ON COMMIT DROP") == 0
        assert run("INSERT INTO counted SELECT generate_series(1, 3)") == 3
        assert run("UPDATE counted SET n = n + 10 WHERE n > %s", [1]) == 2
        with pytest.raises(IntegrityError, match="counted_pkey"), transaction.atomic():
            run("INSERT INTO counted VALUES (1)")
        assert row("SELECT count(*) AS n FROM counted") == {"n": 3}


def test_statements_survive_a_rollback() -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            begin("SET LOCAL app.scope = 'provider'")
            assert row("SELECT current_setting('app.scope') AS scope") == {"scope": "provider"}
            raise ZeroDivisionError
    assert row("SELECT current_setting('app.scope', true) AS scope") != {"scope": "provider"}


def test_ever_new_texts_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST_STATEMENTS", 5)
    connection.close()
    for number in range(20):
        assert row(f"SELECT {number} AS n") == {"n": number}
        assert row("SELECT 'kept' AS text") == {"text": "kept"}


def test_a_broken_connection_is_operational(database: Database) -> None:
    backend = row("SELECT pg_backend_pid() AS pid")
    with database.superuser() as superuser:
        superuser.execute("SELECT pg_terminate_backend(%(pid)s, 5000)", backend)
    with pytest.raises(OperationalError):
        row("SELECT 1 AS n")
    connection.close()
    assert row("SELECT 1 AS n") == {"n": 1}


def test_watchers_see_every_statement() -> None:
    with CaptureQueriesContext(connection) as seen:
        assert rows("SELECT %s::int AS n", [1]) == [{"n": 1}]
        assert run("SELECT 1") == 1
    assert len(seen.captured_queries) == 2


def test_an_empty_block_begins_by_itself() -> None:
    with transaction.atomic():
        assert row("SELECT 1 AS n") == {"n": 1}
        assert connection.connection.info.transaction_status.name == "INTRANS"
