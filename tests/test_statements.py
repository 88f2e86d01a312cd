"""Short statements: values and rows come and go as through psycopg, and Django's promises hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.demo.furnishing import Furnisher
from strapontin.doors.attempts import in_one_transaction
from strapontin.kit import prepared
from strapontin.kit.database import begin, row_of, rows_of, run, value_of, values_of
from tests.servers import Database

pytestmark = pytest.mark.usefixtures("database")


@dataclass(frozen=True, slots=True)
class Values:
    """A column of each type."""

    id: UUID
    text: str
    day: date
    at: datetime
    amount: Decimal
    seats: int
    yes: bool
    nothing: str | None
    several: list[UUID]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers."""

    a: int
    b: int


def test_values_keep_their_type() -> None:
    values = Values(
        id=uuid4(),
        text="100 % d’été",
        day=date(2024, 2, 29),
        at=datetime(2024, 2, 29, 23, 59, tzinfo=UTC),
        amount=Decimal("-0.10"),
        seats=70_000,
        yes=True,
        nothing=None,
        several=[UUID(int=1), UUID(int=2)],
    )
    answer = row_of(
        Values,
        "SELECT %(id)s::uuid AS id, %(text)s::text AS text, %(day)s::date AS day, %(at)s::timestamptz AS at,"
        " %(amount)s::numeric AS amount, %(seats)s::int AS seats, %(yes)s::bool AS yes, %(nothing)s::text AS nothing,"
        " %(several)s::uuid[] AS several",
        asdict(values),
    )
    assert answer == values


def test_signs_of_percent_and_repeated_names() -> None:
    assert value_of(str, "SELECT (7 %% 4) || 'a%%' || (%s::int + %s::int)", [1, 2]) == "3a%3"
    assert rows_of(Pair, "SELECT %(n)s::int AS a, %(n)s::int + 1 AS b", {"n": 4, "unused": 5}) == [Pair(4, 5)]
    assert value_of(int, "SELECT 1 WHERE false") is None


def test_a_text_serves_values_of_any_size() -> None:
    for number in (1, 70_000, 5_000_000_000, None):
        assert values_of(int, "SELECT %s::bigint", [number]) == [number]


@pytest.fixture
def counted(database: Database) -> Iterator[None]:
    """A table that anybody may write: nobody may make a temporary one."""
    with database.superuser() as owner:
        owner.execute("CREATE TABLE counted (n int PRIMARY KEY)")
        owner.execute("GRANT ALL ON counted TO PUBLIC")
        yield
        connection.close()
        owner.execute("DROP TABLE counted")


@pytest.mark.usefixtures("counted")
def test_run_counts_what_it_touched() -> None:
    with transaction.atomic():
        assert run("INSERT INTO counted SELECT generate_series(1, 3)") == 3
        assert run("UPDATE counted SET n = n + 10 WHERE n > %s", [1]) == 2
        with pytest.raises(IntegrityError, match="counted_pkey"), transaction.atomic():
            run("INSERT INTO counted VALUES (1)")
        assert value_of(int, "SELECT count(*) FROM counted") == 3


def test_statements_survive_a_rollback() -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            begin("SET LOCAL app.scope = 'provider'")
            assert value_of(str, "SELECT current_setting('app.scope')") == "provider"
            raise ZeroDivisionError
    assert value_of(str, "SELECT current_setting('app.scope', true)") != "provider"


def test_ever_new_texts_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST_STATEMENTS", 5)
    connection.close()
    for number in range(20):
        assert value_of(int, f"SELECT {number}") == number
        assert value_of(str, "SELECT 'kept'") == "kept"


def test_a_broken_connection_is_operational(database: Database) -> None:
    backend = value_of(int, "SELECT pg_backend_pid()")
    with database.superuser() as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    with pytest.raises(OperationalError):
        value_of(int, "SELECT 1")
    connection.close()
    assert value_of(int, "SELECT 1") == 1


def test_watchers_see_every_statement() -> None:
    with CaptureQueriesContext(connection) as seen:
        assert values_of(int, "SELECT %s::int", [1]) == [1]
        assert run("SELECT 1") == 1
    assert len(seen.captured_queries) == 2


def test_an_empty_block_begins_by_itself() -> None:
    with transaction.atomic():
        assert value_of(int, "SELECT 1") == 1
        assert connection.connection.info.transaction_status.name == "INTRANS"


MIGRATED = "SELECT * FROM migrated_under_us"


@pytest.fixture
def migrated(database: Database) -> Iterator[Callable[[], None]]:
    """Gives a column another type, as a migration does in another process while this one goes on."""
    with database.superuser() as owner:
        owner.execute("CREATE TABLE migrated_under_us AS SELECT 1 AS a, 2 AS b")
        owner.execute("GRANT SELECT ON migrated_under_us TO PUBLIC")

        def migrate() -> None:
            owner.execute("ALTER TABLE migrated_under_us ALTER a TYPE bigint")

        yield migrate
        connection.close()
        owner.execute("DROP TABLE migrated_under_us")


def test_a_statement_outlives_a_migration(migrated: Callable[[], None]) -> None:
    connection.ensure_connection()
    assert row_of(Pair, MIGRATED) == Pair(1, 2)
    migrated()
    assert row_of(Pair, MIGRATED) == Pair(1, 2)


def test_a_request_that_meets_a_migration_begins_anew(migrated: Callable[[], None]) -> None:
    """The server has broken its transaction; the next attempt prepares the statement again."""

    def work() -> Pair | None:
        attempts.append("again")
        return row_of(Pair, MIGRATED)

    attempts: list[str] = []
    in_one_transaction(system(), work)
    migrated()
    assert in_one_transaction(system(), work) == Pair(1, 2)
    assert len(attempts) == 3


def test_every_statement_of_a_request_outlives_a_new_column(db: Database) -> None:
    """The grant of a customer is read by every request: a column more changes nothing that it answers."""
    furnisher = Furnisher()
    customer = furnisher.make_customer("Lagune", partner_id=furnisher.make_partner("Opaline"))

    def read() -> str:
        with acting(system()):
            return grants.customer(system(), customer).customer.name

    assert read() == "Lagune"
    with psycopg.connect(db.url, autocommit=True) as owner:
        owner.execute("ALTER TABLE customer ADD COLUMN added_under_us int")
        try:
            assert read() == "Lagune"
        finally:
            owner.execute("ALTER TABLE customer DROP COLUMN added_under_us")
