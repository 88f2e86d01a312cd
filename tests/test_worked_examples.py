"""The ten worked examples of SPEC 7 and other histories told by hand, on a real database, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.comparison import SideBySide, live_side_by_side
from tests.oracle.stage import short
from tests.reading import issued_invoices
from tests.servers import Database
from tests.stories import all_stories, worked_example

STORIES = all_stories()
# Example → the lines of the table's invoice, and its net.
TABLE: dict[int, tuple[list[str], str]] = {
    1: (["12 × 10.00 × 1, 2022-10-01 to 2022-11-01 = 120.00"], "120.00"),
    2: (["10 × 10.00 × 1, 2022-11-01 to 2022-12-01 = 100.00"], "100.00"),
    3: (
        [
            "3 × 10.00 × 1 × 12/31, 2023-01-20 to 2023-02-01 = 11.61",
            "13 × 10.00 × 1, 2023-02-01 to 2023-03-01 = 130.00",
        ],
        "141.61",
    ),
    4: (["5 × 9.00 × 12 × 183/365, 2023-07-02 to 2024-01-01 = 270.74"], "270.74"),
    5: (["8 × 9.00 × 12, 2024-01-01 to 2025-01-01 = 864.00"], "864.00"),
    6: (["10 × 10.00 × 1, 2023-04-01 to 2023-05-01 = 100.00"], "100.00"),
    7: (["10 × 9.00 × 12, 2023-06-01 to 2024-06-01 = 1080.00"], "1080.00"),
    8: (
        [
            "6 × 10.00 × 1 × 14/28, 2023-02-15 to 2023-03-01 = 30.00",
            "6 × 10.00 × 1, 2023-03-01 to 2023-04-01 = 60.00",
        ],
        "90.00",
    ),
    9: (
        [
            "6 × 9.00 × 1 × 14/28, 2023-02-15 to 2023-03-01 = 27.00",
            "6 × 9.00 × 12, 2023-03-01 to 2024-03-01 = 648.00",
        ],
        "675.00",
    ),
    10: (["3 × 9.00 × 12 × 203/365, 2022-11-10 to 2023-06-01 = 180.20"], "180.20"),
}


@pytest.mark.parametrize("number", TABLE)
def test_worked_example(database: Database, number: int) -> None:
    lines, net = TABLE[number]
    story = worked_example(number)
    both = SideBySide(database, story.history)
    both.live(story.events)
    invoice = issued_invoices()[-1].invoice
    assert [short(line) for line in invoice.lines] == lines
    assert invoice.net == Decimal(net)
    assert invoice.tax == (invoice.net * 20 / 100).quantize(Decimal("0.01"))
    assert invoice.total == invoice.net + invoice.tax


def test_example_5_credits_nothing_within_the_year(database: Database) -> None:
    story = worked_example(5)
    both = SideBySide(database, story.history)
    both.live(story.events)
    assert [one.invoice.date.isoformat() for one in issued_invoices()] == ["2023-01-01", "2023-08-01", "2024-01-01"]


@pytest.mark.parametrize("name", [name for name in STORIES if "worked" not in name])
def test_story(database: Database, name: str) -> None:
    live_side_by_side(database, STORIES[name])
