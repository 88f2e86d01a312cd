"""A database that the first run made becomes what a new one is, and loses no row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

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
INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled, state,
                       origin, tenant_id, stack_user_uuid, claimed_at, version)
SELECT customer_id, double.id::uuid, site_id, type_code, repeat('Z', 200), 'Petit', 'ZOE@bleu.example', '', true,
       'active', 'stack', tenant_id, gen_random_uuid(), claimed_at, 1
  FROM seat_user, (VALUES ('b0000000-0000-7000-8000-000000000002'), ('b0000000-0000-7000-8000-000000000003'))
    AS double (id);
INSERT INTO stack_call (customer_id, id, user_id, tenant_id, kind, state, attempts, error_code, email, created_at,
                        due_at)
SELECT customer_id, 'b1000000-0000-7000-8000-000000000001', id, tenant_id, 'create', 'waiting', 0, '', email,
       '2026-01-02', '2026-01-02' FROM seat_user WHERE origin = 'portal';
INSERT INTO kept_answer (actor_id, key, request_hash, status, body, etag, kept_at)
VALUES ('a1000000-0000-7000-8000-000000000001', 'once', 'hash', 201, '{}', '"1"', '2026-01-02');
"""
# Issued a minute after midnight in Chicago, which is six in the morning of the same day in UTC; a minute before; and a
# preview with an invoice without lines.
INVOICES = """
INSERT INTO installation (id, name, address, country, vat_number, currency, language, time_zone, contact,
                          seats_enforced_from, allocation_billing_from, hand_back_days, alignment, invoice_day,
                          automatic_billing, clock_offset, version)
VALUES (1, 'Réseau', '', 'US', '', 'EUR', 'en', 'America/Chicago', '', '2022-01-01', '2022-01-01', 7, 'calendar', 1,
        false, '0', 1);
INSERT INTO billing_run (id, date, preview, state, customers_total, customers_done, invoices, error, created_at)
VALUES ('b2000000-0000-7000-8000-000000000001', '2025-12-01', false, 'done', 1, 1, 2, '', '2026-01-01'),
       ('b2000000-0000-7000-8000-000000000002', '2025-12-01', true, 'done', 1, 1, 0, '', '2026-01-01');
INSERT INTO invoice (payer_id, id, number, kind, date, run_id, currency, net, tax, total, issued_at, issuer_name,
                     issuer_address, issuer_vat_number, payer_name, payer_address, payer_country, payer_vat_number)
SELECT p.id, i.id::uuid, i.number, 'invoice', '2025-12-01', r.id, 'EUR', 1, 0, 1, i.at::timestamptz, 'Réseau', '', '',
       p.name, '', 'FR', ''
  FROM partner p, billing_run r,
       (VALUES ('b3000000-0000-7000-8000-000000000001', '2025-000001', '2026-01-01T05:59:00Z'),
               ('b3000000-0000-7000-8000-000000000002', '2025-000002', '2026-01-01T06:01:00Z')) AS i (id, number, at)
 WHERE NOT r.preview;
INSERT INTO run_payer (run_id, payer_id, done_at, preview)
SELECT r.id, p.id, '2026-01-01', '{"net": "0.00", "taxes": [], "currency": "EUR", "lines": []}'
  FROM partner p, billing_run r WHERE r.preview;
"""
ISSUED = "SELECT number, issued_on FROM invoice ORDER BY number"
MOVED = ("stack", "site_tenant", "tenant_register", "stack_call", "kept_answer")
FILLED = ("partner", "customer", "site", "subscription_type", "stack_token", "seat_user", *MOVED)


@dataclass(frozen=True, slots=True)
class Old:
    """The first run's database: how it was, and how it is after the upgrade."""

    before: Description
    after: Description
    rows_before: dict[str, list[Any]]
    rows_after: dict[str, list[Any]]
    issued: list[tuple[str, date]]
    previewed: int


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
            connection.execute(INVOICES.encode())
        rows_before = _rows(beside)
        beside.migrate()
        with psycopg.connect(beside.superuser_url) as connection:
            issued = connection.execute(ISSUED).fetchall()
            previewed = connection.execute("SELECT FROM run_payer").rowcount
        yield Old(before, beside.describe(), rows_before, _rows(beside), issued, previewed)


@pytest.fixture(scope="module")
def new(database: Database) -> Iterator[New]:
    """A database made from nothing."""
    with database_beside(database, "new") as beside:
        beside.migrate_to(RULES)
        with_rules = beside.describe()
        beside.migrate()
        yield New(with_rules, beside.describe())


def _rows(beside: Beside) -> dict[str, list[Any]]:
    with psycopg.connect(beside.superuser_url) as connection:
        return {
            table: [row for (row,) in connection.execute(f"SELECT row_to_json(t) FROM {table} t".encode())]
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
        for before, after in zip(rows, old.rows_after[table], strict=True):
            # Columns may have been added.
            assert {name: after.get(name) for name in before} == before


def test_an_issued_invoice_keeps_its_number_and_gets_its_local_day(old: Old) -> None:
    assert old.issued == [("2025-000001", date(2025, 12, 31)), ("2025-000002", date(2026, 1, 1))]


def test_an_earlier_preview_shows_no_invoice_without_lines(old: Old) -> None:
    assert old.previewed == 0


ZOE = "b0000000-0000-7000-8000-000000000001"
BEFORE_FORMS = [
    ("access", "0003_rules"),
    ("organisation", "0003_rules"),
    ("seats", "0003_rules"),
    ("stacks", "0003_rules"),
]
# Sites by number: what they are called, and what they are called after the upgrade.
SITES = {
    2: ("Ho\u0302tel", "Hôtel"),
    3: ("Quai  Nord", "Quai Nord"),
    # Two sites that would get one name keep theirs. So does one of whose name nothing would be left.
    4: ("Cafe\u0301", "Cafe\u0301"),
    5: ("Café", "Café"),
    6: ("\u200b", "\u200b"),
}

SETTINGS = """
INSERT INTO installation (id, name, address, country, vat_number, currency, language, time_zone, contact,
                          seats_enforced_from, allocation_billing_from, hand_back_days, alignment, invoice_day,
                          automatic_billing, clock_offset, version)
VALUES (1, 'Strapontin', '', 'UK', '', 'EUR', 'fr', 'localtime', '', '2022-08-23', '2022-11-01', 7, 'calendar', 1,
        false, '0', 1)
"""


def test_older_texts_get_their_one_form(database: Database) -> None:
    with database_beside(database, "forms") as beside:
        beside.migrate_to(BEFORE_FORMS)
        with psycopg.connect(beside.superuser_url) as connection:
            rows = [statement for statement in ROWS.split(";") if "stack_token" not in statement]
            connection.execute(";".join(row for row in rows if "kept_answer" not in row).encode())
            for number, (name, _) in SITES.items():
                connection.execute(
                    "INSERT INTO site (customer_id, id, name, address, created_at, version)"
                    " SELECT customer_id, %s, %s, '', created_at, 1 FROM site WHERE name = 'Lyon'",
                    [f"d0000000-0000-7000-8000-00000000000{number}", name],
                )
            connection.execute(
                "UPDATE seat_user SET first_name = 'Zoe\u0301', email = 'zoe@mu\u0308nchen.example' WHERE id = %s",
                [ZOE],
            )
            connection.execute(SETTINGS.encode())
            connection.execute(
                "INSERT INTO account (id, email, password, is_active) VALUES (%s, %s, '', true)",
                [ZOE, "zoe@xn--mnchen-3ya.example"],
            )
            connection.execute("UPDATE partner SET country = 'EL', name = 'Alize\u0301  Te\u0301le\u0301com'")
        beside.migrate()
        with psycopg.connect(beside.superuser_url) as connection:
            names: dict[int, str] = dict(
                connection.execute("SELECT right(id::text, 1)::int, name FROM site").fetchall()
            )
            assert names == {1: "Lyon"} | {number: name for number, (_, name) in SITES.items()}
            (key,) = connection.execute("SELECT sort_key FROM site WHERE name = 'Cafe\u0301'").fetchone() or ("",)
            assert key == "cafe"
            find_user = "SELECT first_name, email, sort_key FROM seat_user WHERE id = %s"
            (user,) = connection.execute(find_user, [ZOE]).fetchall()
            assert user == ("Zoé", "zoe@münchen.example", "petit zoe")
            (login,) = connection.execute("SELECT email FROM account WHERE id = %s", [ZOE]).fetchall()
            assert login == ("zoe@münchen.example",)
            (partner,) = connection.execute("SELECT country, name FROM partner").fetchall()
            assert partner == ("GR", "Alizé Télécom")
            (settings,) = connection.execute(
                "SELECT country, time_zone IN ('localtime'), stack_networks FROM installation"
            ).fetchall()
            assert settings == ("GB", False, ["10.0.0.7/32"])


def test_a_tenant_that_was_attached_twice_is_kept_and_marked(old: Old) -> None:
    assert [row["duplicate"] for row in old.rows_after["tenant_register"]] == [False, True]
