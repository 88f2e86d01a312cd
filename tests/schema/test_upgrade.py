"""A database that the first run made becomes what a new one is, and loses no row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.schema.databases import Beside, database_beside
from tests.schema.description import Description
from tests.servers import Database

# With these every table has the rules that the first run gave it. What comes later is not the first run's.
RULES = [
    ("organisation", "0003_rules"),
    ("access", "0003_rules"),
    ("catalogue", "0002_rules"),
    ("cycles", "0002_rules"),
    ("allocations", "0002_rules"),
    ("seats", "0003_rules"),
    ("stacks", "0003_rules"),
    ("billing", "0002_rules"),
    ("journal", "0002_rules"),
    ("doors", "0002_rules"),
    ("jobs", "0001_rules"),
]
# Made together with the rules.
NEW_FUNCTIONS = ("free_seats", "over_seats")

ROWS = """
INSERT INTO partner (id, name, path, level, country, region, vat_number, address, currency, language, payer, created_at,
                     version)
VALUES ('a0000000-0000-7000-8000-000000000001', 'Alizé', ARRAY['a0000000-0000-7000-8000-000000000001'::uuid], 'gold',
        'FR', '', '', '', 'EUR', 'fr', true, '2026-01-01', 1);
INSERT INTO customer (id, partner_id, partner_path, name, client_id, purchase_order, status, alignment, anchor_day,
                      term_months, starts_on, period_starts_on, period_ends_on, cancel_at_end_of_period, unlimited,
                      not_for_resale, created_at, version)
SELECT 'c0000000-0000-7000-8000-000000000001', id, path, 'Café Bleu', '', '', 'active', 'calendar', 1, 1, '2026-01-01',
       '2026-01-01', '2026-02-01', false, false, false, '2026-01-01', 1 FROM partner;
INSERT INTO site (customer_id, id, name, address, created_at, version)
SELECT id, 'd0000000-0000-7000-8000-000000000001', 'Lyon', '', '2026-01-01', 1 FROM customer;
INSERT INTO subscription_type (code, name_fr, name_en, stack_ids, position) VALUES ('voice', 'Voix', 'Voice', '{4}', 1);
INSERT INTO stack (id, partner_id, name, kind, url, username, password_sealed, verify_tls, created_at, version)
SELECT 'e0000000-0000-7000-8000-000000000001', id, 'Nord', 'wazo', 'https://nord.example', 'portal', 'sealed', true,
       '2026-01-01', 1 FROM partner;
INSERT INTO stack_token (stack_id, token_sealed, expires_at) SELECT id, 'token', '2026-01-02' FROM stack;
INSERT INTO site_tenant (customer_id, id, site_id, stack_id, stack_name, tenant_uuid, error_code, unmapped, agreed)
SELECT customer_id, 'f0000000-0000-7000-8000-000000000001', site.id, stack.id, stack.name, gen_random_uuid(), '',
       '[7]', 'agreed' FROM site, stack;
INSERT INTO tenant_register (stack_id, tenant_uuid, customer_id, site_id)
SELECT stack_id, tenant_uuid, customer_id, site_id FROM site_tenant;
INSERT INTO stack (id, partner_id, name, kind, url, username, password_sealed, verify_tls, created_at, version)
VALUES ('e0000000-0000-7000-8000-000000000002', NULL, 'Again', 'wazo', 'http://10.0.0.7', '', '', true, '2026-01-01',
        1);
INSERT INTO tenant_register (stack_id, tenant_uuid, customer_id, site_id)
SELECT 'e0000000-0000-7000-8000-000000000002', tenant_uuid, customer_id, site_id FROM tenant_register;
INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled, state,
                       origin, tenant_id, claimed_at, version)
SELECT customer_id, 'b0000000-0000-7000-8000-000000000001', site_id, 'voice', 'Zoé', 'Petit', 'zoe@bleu.example', '',
       true, 'active', 'portal', id, '2026-01-02', 1 FROM site_tenant;
INSERT INTO stack_call (customer_id, id, user_id, tenant_id, kind, state, attempts, error_code, email, created_at,
                        due_at)
SELECT customer_id, 'b1000000-0000-7000-8000-000000000001', id, tenant_id, 'create', 'waiting', 0, '', email,
       '2026-01-02', '2026-01-02' FROM seat_user;
INSERT INTO kept_answer (actor_id, key, request_hash, status, body, etag, kept_at)
VALUES ('a1000000-0000-7000-8000-000000000001', 'once', 'hash', 201, '{}', '"1"', '2026-01-02');
"""
MOVED = ("stack", "site_tenant", "tenant_register", "stack_call", "kept_answer")
FILLED = ("partner", "customer", "site", "subscription_type", "stack_token", "seat_user", *MOVED)


@dataclass(frozen=True, slots=True)
class Old:
    """The first run's database: how it was, and how it is after the upgrade."""

    before: Description
    after: Description
    rows_before: dict[str, list[str]]
    rows_after: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class New:
    """A new database: when every table had its first rules, and with all migrations."""

    with_rules: Description
    complete: Description


@pytest.fixture(scope="module")
def old(database: Database) -> Iterator[Old]:
    """The first run's database with some rows, upgraded."""
    with database_beside(database, "old") as beside:
        beside.load_first_run()
        before = beside.describe()
        with psycopg.connect(beside.superuser_url) as connection:
            connection.execute(ROWS.encode())
        rows_before = _rows(beside)
        beside.migrate()
        yield Old(before, beside.describe(), rows_before, _rows(beside))


@pytest.fixture(scope="module")
def new(database: Database) -> Iterator[New]:
    """A database made from nothing."""
    with database_beside(database, "new") as beside:
        beside.migrate_to(RULES)
        with_rules = beside.describe()
        beside.migrate()
        yield New(with_rules, beside.describe())


def _rows(beside: Beside) -> dict[str, list[str]]:
    with psycopg.connect(beside.superuser_url) as connection:
        return {
            table: [text for (text,) in connection.execute(f"SELECT row_to_json(t)::text FROM {table} t".encode())]
            for table in FILLED
        }


def test_an_upgraded_database_is_like_a_new_one(old: Old, new: New) -> None:
    for part, lines in new.complete.items():
        assert old.after[part] == lines, part


def test_the_rules_are_those_of_the_first_run(old: Old, new: New) -> None:
    for part, lines in new.with_rules.items():
        if part == "migrations":
            continue
        added = {line for line in lines if part == "functions" and any(f".{name}(" in line for name in NEW_FUNCTIONS)}
        assert lines - added == old.before[part], part
        assert len(added) == (len(NEW_FUNCTIONS) if part == "functions" else 0)


def test_an_upgrade_keeps_rows(old: Old) -> None:
    assert all(old.rows_before.values())
    for table, rows in old.rows_before.items():
        for before, after in zip(map(json.loads, rows), map(json.loads, old.rows_after[table]), strict=True):
            # Columns may have been added.
            assert {name: after.get(name) for name in before} == before


def test_a_tenant_that_was_attached_twice_is_kept_and_marked(old: Old) -> None:
    assert [json.loads(row)["duplicate"] for row in old.rows_after["tenant_register"]] == [False, True]
