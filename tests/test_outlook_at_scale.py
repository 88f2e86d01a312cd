"""What is ahead among 20,000 customers: the worker writes it in seconds, and a page reads little of it (SPEC 12)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.models import ROLES
from strapontin.access.scope import acting
from strapontin.jobs.daily import look_ahead
from strapontin.jobs.letters import plan_letters
from strapontin.organisation.settings import load
from strapontin.outlook import queries
from tests.servers import Database

pytestmark = pytest.mark.scale

SMALL = UUID("0000b000-0000-7000-8000-000000000002")
LARGE = UUID("0000b000-0000-7000-8000-000000000001")


def of_partner(partner: UUID) -> Actor:
    return Actor("api_key", UUID(int=7), "Somebody", frozenset(ROLES), "api", partner_id=partner)


@pytest.fixture
def today(db: Database) -> Iterator[date]:
    """20,000 customers, and what is ahead of them today."""
    with db.superuser() as owner:
        owner.execute((Path(__file__).parent / "outlook_at_scale.sql").read_text().encode())
    with acting(system()):
        settings = load()
        day = settings.day(settings.now())
    begun = time.perf_counter()
    look_ahead(day, settings=settings)
    whole = time.perf_counter() - begun
    look_ahead(day, settings=settings)
    print(f"the whole look {whole:.1f} s, the next one {time.perf_counter() - begun - whole:.1f} s")
    with db.superuser() as owner:
        owner.execute("ANALYZE seat_warning, unused_seats")
    yield day


def explain(actor: Actor, work: Callable[[], Any]) -> tuple[float, set[str]]:
    """The milliseconds of the one statement of ``work``, and the tables that it reads from end to end."""
    with acting(actor):
        with CaptureQueriesContext(connection) as asked:
            work()
        (sql,) = [query["sql"] for query in asked.captured_queries]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            ((answer,),) = cursor.fetchall()
    (plan,) = json.loads(answer) if isinstance(answer, str) else answer
    whole = {node["Relation Name"] for node in nodes(plan["Plan"]) if node["Node Type"] == "Seq Scan"}
    print(f"{plan['Execution Time']:.1f} ms", whole)
    return float(plan["Execution Time"]), whole


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def test_a_page_reads_little(today: date) -> None:
    def overview() -> Any:
        return queries.renewals(grants.overview_reader(actor), today=today, limit=5)

    def soon_full() -> Any:
        return queries.warnings(grants.overview_reader(actor), limit=3)

    actor = of_partner(SMALL)
    for work in (overview, soon_full):
        milliseconds, whole = explain(actor, work)
        assert milliseconds < 50
        assert not whole & {"customer", "customer_total", "seat_event", "ledger_entry"}, whole
    for actor in (of_partner(LARGE), system()):
        for work in (overview, soon_full):
            milliseconds, whole = explain(actor, work)
            assert milliseconds < 500
            assert not whole & {"customer_total", "seat_event", "ledger_entry"}, whole
    with acting(system()):
        renewals = queries.renewals(grants.overview_reader(system()), today=today, limit=5)
        warnings = queries.warnings(grants.overview_reader(system()), limit=3)
    assert (len(renewals), len(warnings)) == (5, 3)
    assert renewals[0].customers > 3000
    assert warnings[0].places > 1000
    begun = time.perf_counter()
    assert plan_letters(today=today) == 0, "nobody manages subscriptions here"
    assert time.perf_counter() - begun < 5
