"""``python -m benchmarks.users``: lists of users over a scope, on a data set of millions of users (SPEC 12).

Each list is read by the operation as the screen reads it: a page of 25 and the count. Beside it stands how long a page
of the same list takes alone. Medians of five, in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from strapontin.access.actors import Actor
from strapontin.kit.postgres import EmbeddedServer

CASES: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("all, by name", {}, {}),
    ("all, by site", {}, {"sort": "site"}),
    ("all, by type", {}, {"sort": "type"}),
    ("all, by customer", {}, {"sort": "customer"}),
    ("disabled", {"state": "disabled"}, {}),
    ("refused", {"state": "refused"}, {}),
    ("any difference", {"difference": "any"}, {}),
    ("one type", {"type_code": "cr"}, {}),
    ("q = m", {"search": "m"}, {}),
    ("q = mar", {"search": "mar"}, {}),
    ("q = marbert", {"search": "marbert"}, {}),
    ("q = 1234", {"search": "1234"}, {}),
    ("q = agence", {"search": "agence"}, {}),
    ("q = marbert sonne agence", {"search": "marbert sonne agence"}, {}),
    ("q = depot roquet kerlou", {"search": "depot roquet kerlou"}, {}),
    ("q = nobody's name", {"search": "zzzz"}, {}),
)


def main() -> None:
    """Make the data set, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.users", description=__doc__)
    parser.add_argument("--users", type=int, default=2_000_000)
    parser.add_argument("--customers", type=int, default=20_000, help="half of them are the first partner's")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="strapontin-bench-") as directory,
        EmbeddedServer(Path(directory)) as server,
    ):
        os.environ |= {
            "DATABASE_URL": server.url,
            "STRAPONTIN_HOME": directory,
            "STRAPONTIN_SECRET_KEY": "benchmark",
            "DJANGO_SETTINGS_MODULE": "strapontin.config.settings",
        }
        command = [sys.executable, "-m", "strapontin.cli.main", "migrate"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        _fill(server.url_of("strapontin", superuser=True), arguments.users, arguments.customers)
        _measure()


def _fill(url: str, users: int, customers: int) -> None:
    text = Path(__file__).with_name("users.sql").read_text(encoding="utf-8")
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        # Without foreign keys and constraints: the rows are right.
        connection.execute("SET session_replication_role = replica")
        connection.execute(text, {"users": users, "customers": customers, "of_first": customers // 2})
        connection.execute("VACUUM ANALYZE")


def _partner(number: int) -> Actor:
    return Actor(
        kind="api_key",
        id=UUID(int=1),
        name="",
        roles=frozenset(["users"]),
        door="api",
        provider=False,
        partner_id=UUID(f"0000b000-0000-7000-8000-{number:012d}"),
        customer_id=None,
        language="en",
    )


def _measure() -> None:
    import django

    django.setup()
    from strapontin.access import grants
    from strapontin.access.scope import acting
    from strapontin.seats.filters import UserFilter
    from strapontin.seats.listing import list_users, page_of_users

    print("| list | big partner | page alone | small partner | page alone | found |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, only, order in CASES:
        cells = []
        for actor in (_partner(1), _partner(5)):
            whole, alone = [], []
            for _round in range(5):
                with acting(actor):
                    reader = grants.user_reader(actor)
                    start = time.perf_counter()
                    _users, found = page_of_users(reader, only=UserFilter(**only), limit=26, most=1_000, **order)
                    middle = time.perf_counter()
                    list_users(reader, only=UserFilter(**only), limit=26, **order)
                    whole.append(middle - start)
                    alone.append(time.perf_counter() - middle)
            cells += [f"{1000 * median(whole):.1f}", f"{1000 * median(alone):.1f}"]
        count = f"{found.users}{'+' if found.more else ''}"
        print(f"| {name} | {' | '.join(cells)} | {count} |", flush=True)


if __name__ == "__main__":
    main()
