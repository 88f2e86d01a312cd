"""Typed rows: the columns of an answer become the fields of a class, JSON included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from strapontin.kit.database import exists, row_of, rows_of, value_of, values_of
from tests.servers import Database


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read inside a JSON column."""

    stack: str
    read_on: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """A row with a JSON column."""

    name: str
    seats: int
    readings: list[Reading]


SQL = """
SELECT 3 AS seats, %s::text AS name,
       '[{"stack": "Nord", "read_on": "2026-11-01"}, {"stack": "Sud", "read_on": null}]'::jsonb
       AS readings
"""


def test_columns_become_fields_whatever_their_order(database: Database) -> None:
    expected = Place("Lyon", 3, [Reading("Nord", date(2026, 11, 1)), Reading("Sud", None)])
    assert rows_of(Place, SQL, ["Lyon"]) == [expected]
    # Once more: the statement is prepared by now, and the way to make its rows is known.
    assert row_of(Place, SQL, ["Lyon"]) == expected


def test_a_column_without_a_field_is_an_error(database: Database) -> None:
    with pytest.raises(TypeError, match="Place has the fields"):
        rows_of(Place, "SELECT 3 AS seats, 'Lyon' AS name")


def test_single_values(database: Database) -> None:
    assert values_of(int, "SELECT generate_series(1, 3)") == [1, 2, 3]
    assert value_of(UUID, "SELECT '018f0000-0000-7000-8000-000000000000'::uuid") == UUID(
        "018f0000-0000-7000-8000-000000000000"
    )
    assert value_of(dict, "SELECT '{\"a\": [1, null]}'::jsonb") == {"a": [1, None]}
    assert value_of(int, "SELECT 1 WHERE false") is None


def test_two_columns_are_no_single_value(database: Database) -> None:
    with pytest.raises(TypeError, match="one column"):
        value_of(int, "SELECT 1 AS a, 2 AS b")


def test_whether_a_row_exists(database: Database) -> None:
    assert exists("SELECT 1 WHERE true")
    assert not exists("SELECT 1 WHERE false")
