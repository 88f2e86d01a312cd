"""``python -m benchmarks.imports``: an import of 100,000 users beside COPY and INSERT … SELECT unchecked (SPEC 12).

The import begins with the bytes of a CSV file that lies in the database, and ends with the commit: it reads, decodes
and checks each row, compares with the users who are there, and writes users, seat events, journal and balances. The
limit begins with rows that are ready for COPY and writes the same rows without a look at them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

import psycopg

from benchmarks.ground import KEY_ID, PARTNER_ID, Ground, open_ground
from benchmarks.machine import facts
from strapontin.kit.ids import new_id

USERS = 100_000
TARGET = 0.75
_LISTED = """
CREATE TEMPORARY TABLE listed (
    id uuid, event_id uuid, journal_id uuid, site_id uuid, nth int, first_name text, last_name text, email text,
    extension text
) ON COMMIT DROP
"""
_ROOM = "UPDATE balance SET allocated = 1000000, next_cycle = 1000000"
_TOTALS = "UPDATE customer_total SET allocated = 3000000, next_cycle = 3000000, remaining = 3000000 - used"


def main() -> int:
    """Measure and print; 0 if the import reaches its target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, default=USERS)
    arguments = parser.parse_args()
    with open_ground() as ground:
        head = facts(ground)
        with psycopg.connect(ground.superuser_url, autocommit=True) as connection:
            connection.execute(_ROOM)
            connection.execute(_TOTALS)
        rounds = [
            (_limit(ground, 2 * number, arguments.users), *_import(2 * number + 1, arguments.users))
            for number in range(arguments.rounds + 1)
        ][1:]
    print("\n".join(head))
    print(f"{len(rounds)} interleaved rounds of {arguments.users:,} users, each into another customer\n")
    print("| what | users/s | COPY + INSERT … SELECT | reached (median) | of all rounds | target |")
    print("|---|---:|---:|---:|---:|---:|")
    limit = median(arguments.users / seconds for seconds, _, _ in rounds)
    whole = _row("import, from file to commit", [(a, b) for a, b, _ in rounds], arguments.users, limit)
    _row("– dry run alone", [(a, c) for a, _, c in rounds], arguments.users, limit)
    return 0 if whole >= TARGET else 1


def _row(name: str, pairs: list[tuple[float, float]], users: int, limit: float) -> float:
    ratios = sorted(limit_seconds / seconds for limit_seconds, seconds in pairs)
    figure = median(users / seconds for _, seconds in pairs)
    target = f"≥ {TARGET}" if not name.startswith("–") else ""
    spread = f"{ratios[0]:.2f} – {ratios[-1]:.2f}"
    print(f"| {name} | {figure:,.0f} | {limit:,.0f} | **{median(ratios):.2f}** | {spread} | {target} |")
    return median(ratios)


def _customer(number: int) -> tuple[UUID, list[UUID]]:
    """A customer of the data set, with its three sites."""
    sites = [UUID(f"00005000-0000-7000-8000-{3 * number + place:012d}") for place in (1, 2, 3)]
    return UUID(f"0000c000-0000-7000-8000-{number + 1:012d}"), sites


def _people(users: int) -> list[tuple[str, str, str, str]]:
    return [(f"Anaïs{n % 97}", f"Lefèvre{n}", f"user.{n}@client.example", str(100_000 + n)) for n in range(users)]


def _limit(ground: Ground, number: int, users: int) -> float:
    """The seconds that the same rows take, written unchecked by a superuser."""
    customer, sites = _customer(number)
    lines = [
        f"{new_id()}\t{new_id()}\t{new_id()}\t{sites[n % 3]}\t{n // 3 + 2}\t" + "\t".join(person) + "\n"
        for n, person in enumerate(_people(users))
    ]
    insert = Path(__file__).with_name("import_limit.sql").read_text(encoding="utf-8")
    with psycopg.connect(ground.superuser_url) as connection:
        begun = perf_counter()
        connection.execute(_LISTED)
        with connection.cursor() as cursor, cursor.copy("COPY listed FROM STDIN") as copy:
            for place in range(0, users, 2000):
                copy.write("".join(lines[place : place + 2000]))
        connection.execute(insert.encode(), {"customer": customer, "key": KEY_ID})
        connection.commit()
        return perf_counter() - begun


def _import(number: int, users: int) -> tuple[float, float]:
    """The seconds of an import, and those of a dry run of the same file before it."""
    from strapontin.access import grants
    from strapontin.access.actors import Actor
    from strapontin.access.scope import acting
    from strapontin.imports.execution import execute_import
    from strapontin.imports.queries import user_import
    from strapontin.imports.spreadsheets import SentFile
    from strapontin.imports.user_imports import request_import
    from strapontin.jobs.tasks import clock
    from strapontin.organisation.settings import load

    actor = Actor(
        kind="api_key",
        id=UUID(KEY_ID),
        name="benchmark",
        roles=frozenset({"users"}),
        door="api",
        partner_id=UUID(PARTNER_ID),
    )
    customer, sites = _customer(number)
    rows = [
        f"{first};{last};{email};Site {int(sites[n % 3].hex[-12:])};Voix;{extension};oui"
        for n, (first, last, email, extension) in enumerate(_people(users))
    ]
    data = "\r\n".join(["Prénom;Nom;E-mail;Site;Type;Poste;Actif", *rows]).encode("cp1252")
    seconds = []
    for preview in (True, False):
        with acting(actor):
            grant = grants.user_manager(actor, customer)
            import_id = request_import(grant, file=SentFile(data), preview=preview, at=load().now())
        begun = perf_counter()
        execute_import(customer_id=customer, import_id=import_id, clock=clock)
        seconds.append(perf_counter() - begun)
    with acting(actor):
        done = user_import(grants.user_manager(actor, customer), import_id=import_id)
    if (done.state, done.created) != ("done", users):
        raise RuntimeError(f"the import ended as {done.state}: {done.refusal} {done.errors[:3]}")
    return seconds[1], seconds[0]


if __name__ == "__main__":
    sys.exit(main())
