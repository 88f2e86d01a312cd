"""A page of users asks for what belongs to its users alone, however many the customer has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.seats import queries
from tests.cast import Cast


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node of a plan and those below it."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def test_the_calls_of_a_page_are_looked_up_and_no_others(cast: Cast) -> None:
    site = cast.brumes.site("Lyon")
    site.allocate(voice=9)
    site.add_users(9)
    page = queries.select_users(
        "SELECT u.customer_id, u.id FROM seat_user u WHERE u.customer_id = %(customer)s"
        " ORDER BY u.sort_key, u.id LIMIT 2"
    )
    with acting(system("cli")), connection.cursor() as cursor:
        grant = grants.user_manager(system("cli"), UUID(cast.brumes.id))
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {page}", {"customer": grant.customer.id})
        ((answer,),) = cursor.fetchall()
    (explained,) = json.loads(answer) if isinstance(answer, str) else answer
    looked_up = [node["Actual Loops"] for node in nodes(explained["Plan"]) if node.get("Relation Name") == "stack_call"]
    assert looked_up == [2]
