"""The guide to billing tells the truth: every figure in ``docs/guide/billing.md`` is lived through and compared.

Each example there has its history in a line of steps and its invoice in a table. The steps happen here in the
product and in the slow oracle side by side; the table must be what came of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.billing.rating import RATING, parameters
from strapontin.cycles.rules import Span, boundary_after, first_period, period_from
from tests.comparison import SideBySide
from tests.oracle.histories import DailyWork
from tests.oracle.model import Invoice, Line, Partner, days_between
from tests.oracle.stage import moment, price_list
from tests.reading import issued_invoices
from tests.servers import REPOSITORY, Database
from tests.story import Story

Table = list[list[str]]

GUIDE = (REPOSITORY / "docs" / "guide" / "billing.md").read_text()
HEAD_OF_RATING = RATING.partition("\nWITH periods AS (")[0]
WALKED = 3
"""The example that the guide and the head of the statement carry through every step."""
STEPS = ("of_type", "steps", "days", "stretches", "lines", "answer")

_EXAMPLE = re.compile(r"^### Example (\d+)\..*\n\n((?: {4}.*\n)+)", re.MULTILINE)
_STEP = re.compile(r"\*\*`(\w+)`\*\*")
_CREATED = re.compile(r"created, (\d+) months?, (\d+) seats(?:, (\d+) in use)?")
_CHANGED = re.compile(r"(\d+) (seats|in use|months|exchanged)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Example:
    """An example of the guide: its steps ("2023-01-20 13 seats"), and the rows of its table below the head."""

    steps: list[str]
    table: Table


def first_table(text: str) -> Table:
    """The rows of the first table in ``text``, its head first, each as its cells; what follows a row is a remark."""
    lines = [line.strip() for line in text.splitlines()]
    start = next(n for n, line in enumerate(lines) if line.startswith("|"))
    found = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        if not line.startswith("|--"):
            found.append([cell.strip() for cell in line[1 : line.rindex("|")].split("|")])
    return found


def read_examples() -> dict[int, Example]:
    """The guide's examples by their numbers."""
    found = {}
    for example in _EXAMPLE.finditer(GUIDE):
        steps = [step.strip() for step in " ".join(example[2].split()).split("→")]
        found[int(example[1])] = Example(steps, first_table(GUIDE[example.end() :])[1:])
    return found


EXAMPLES = read_examples()


def tell(story: Story, step: str, hour: int) -> None:
    """Lets a step of an example happen at an hour of its day."""
    day, _, what = step.partition(" ")
    at = f"{day} {hour:02}:00"
    if created := _CREATED.fullmatch(what):
        months, seats, used = (int(number or 0) for number in created.groups())
        story.customer(day, term=months, seats=seats, used=used)
    elif what.startswith("run"):
        story.run(day, f"{hour:02}:00")
    elif changed := _CHANGED.fullmatch(what):
        happens: dict[str, Callable[[str, int], object]]
        happens = {"seats": story.voice, "in use": story.stack, "months": story.term, "exchanged": story.exchange}
        happens[changed[2]](at, int(changed[1]))
    else:
        raise ValueError(step)


def live(database: Database, steps: Iterable[str]) -> SideBySide:
    """Lets the steps happen; each run bills something unless its step says "nothing"."""
    story = Story()
    both = SideBySide(database, story.history)
    for hour, step in enumerate(steps, 9):
        told, issued = len(story.events), len(issued_invoices())
        tell(story, step, hour)
        for event in story.events[told:]:
            both.step(event)
        assert len(issued_invoices()) - issued == (step.endswith(" run")), step
    return both


def seats_on(invoices: Iterable[Invoice], type_code: str, day: date) -> int:
    """The seats of a type that these invoices billed for a day."""
    lines = [line for invoice in invoices for line in invoice.lines]
    return sum(line.quantity for line in lines if line.type == type_code and line.start <= day < line.end)


def number(value: Decimal | int) -> str:
    """A number as the guide prints it."""
    return str(value).replace("-", "−")


def formula(line: Line) -> str:
    """How a line's amount comes about, as the guide writes it."""
    exact = line.quantity * line.unit_price * line.months * line.days / line.period_days
    cut = exact.quantize(Decimal("0.001"), ROUND_DOWN)
    rounding = "" if exact == line.amount else f"{number(cut)}… → "
    factors = f"{number(line.quantity)} × {line.unit_price} × {line.months} × {line.days} ÷ {line.period_days}"
    return f"{factors} = {rounding}{number(line.amount)}"


def expected_row(begins: str, last: date, earlier: list[Invoice], invoice: Invoice) -> list[str]:
    """The row of the days until ``last``: B, C, B − C, and the line that bills just these days.

    ``begins`` is the first day, after the name of the type where an example has two.
    """
    name, _, day = begins.rpartition(" ")
    first, type_code = date.fromisoformat(day), name.lower() or "voice"
    end = last + timedelta(days=1)
    days = days_between(first, end)
    figures = {(seats_on(earlier, type_code, day), seats_on([invoice], type_code, day)) for day in days}
    assert len(figures) == 1, f"{first} to {last} is not one stretch"
    invoiced, difference = figures.pop()
    lines = [line for line in invoice.lines if (line.type, line.start, line.end) == (type_code, first, end)]
    amounts = [formula(line) for line in lines]
    counts = [number(count) for count in (len(days), invoiced + difference, invoiced, difference)]
    return [begins, str(last), *counts, *(amounts or [""])]


def test_the_guide_has_all_examples() -> None:
    assert sorted(EXAMPLES) == list(range(1, 13))


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(database: Database, name: int) -> None:
    example = EXAMPLES[name]
    live(database, example.steps)
    *earlier, invoice = [issued.invoice for issued in issued_invoices()]
    spans = [(row[0], date.fromisoformat(row[1])) for row in example.table if row[0] != "net"]
    expected = [expected_row(first, last, earlier, invoice) for first, last in spans]
    assert len([row for row in expected if row[-1]]) == len(invoice.lines), "a line is not in the table"
    if len(invoice.lines) > 1:
        expected.append(["net", "", "", "", "", "", number(invoice.net)])
    assert example.table == expected


def test_the_unit_price_is_rounded_once(database: Database) -> None:
    found = re.search(
        r"(\d+\.\d\d) × \(1 − (\d+) %\) × \(1 − (\d+) %\) = ([\d.]+), which becomes \*\*(\d+\.\d\d)\*\*", GUIDE
    )
    assert found
    listed, term, level, exact, price = found.groups()
    # Those of twelve months and of gold.
    assert (term, level) == ("10", "10")
    story = Story(partners=[Partner("p", level="gold")], price_lists=[price_list(listed)])
    both = SideBySide(database, story.history)
    both.live(story.customer("2023-01-01", seats=1, term=12).run("2023-01-01", "20:00").events)
    assert Decimal(listed) * Decimal("0.90") * Decimal("0.90") == Decimal(exact)
    (line,) = issued_invoices()[-1].invoice.lines
    assert str(line.unit_price) == price


def drawn_days(drawing: str) -> list[date]:
    """The days in the first line of a drawing of the guide."""
    block = GUIDE.partition(drawing)[2].lstrip("\n").partition("\n")[0]
    return [date.fromisoformat(day) for day in _DAY.findall(block)]


def test_the_drawn_periods_are_those_of_the_rules() -> None:
    created, first, second = drawn_days("a year, `calendar`:")
    stub, anchor_day = first_period(created, term_months=12, alignment="calendar")
    assert stub == Span(created, first, 1, 28)
    assert period_from(first, term_months=12, anchor_day=anchor_day) == Span(first, second, 12, 366)
    days = drawn_days("a month, `anniversary`:")
    _, anchor_day = first_period(days[0], term_months=1, alignment="anniversary")
    for day, following in pairwise(days):
        assert boundary_after(day, term_months=1, anchor_day=anchor_day) == following


# -- the statement, step by step -----------------------------------------------------------------------


def shown(value: Any) -> str:
    """A value of a step as the guide prints it."""
    return "–" if value is None else str(value)


def answer_of_step(step: str, columns: list[str], values: dict[str, Any]) -> Table:
    """The rows that a step of ``rating.sql`` gives to the next one; ``answer`` is the whole statement."""
    steps, _, answer = RATING.rpartition("\n)\nSELECT")
    table = f"(SELECT {answer}) AS answer" if step == "answer" else step
    order = ", ".join(str(place) for place in range(1, len(columns) + 1))
    statement = f"{steps}\n) SELECT {', '.join(columns)} FROM {table} ORDER BY {order}"
    with acting(system("job"), "billing"), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [[shown(value) for value in row] for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def last_run(database: Database) -> dict[str, Any]:
    """Brings the walked example to the morning of its last run; the parameters of the rating then."""
    *steps, last = EXAMPLES[WALKED].steps
    both = live(database, steps)
    day = date.fromisoformat(last.split()[0])
    at = moment(f"{day} 00:30")
    both.step(DailyWork(at))
    return parameters(date=day, cut=at, settings=both.replay.settings)


@pytest.mark.parametrize("step", STEPS)
def test_the_walk_through_the_statement(last_run: dict[str, Any], step: str) -> None:
    places = {found[1]: found.end() for found in _STEP.finditer(GUIDE)}
    assert tuple(places) == STEPS
    columns, *table = first_table(GUIDE[places[step] :])
    assert table == answer_of_step(step, columns, last_run)


@pytest.mark.parametrize("step", ("steps", "days", "lines"))
def test_the_number_at_the_head_of_the_statement(last_run: dict[str, Any], step: str) -> None:
    comment = "\n".join(line.removeprefix("--").strip() for line in HEAD_OF_RATING.splitlines())
    columns, *table = first_table(comment.partition(f"\n{step}:\n")[2])
    assert table == answer_of_step(step, columns, last_run)
