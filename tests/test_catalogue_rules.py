"""Reads PostgreSQL's catalogue and fails on any table of ours that breaks the data rules (SPEC 11)."""

from __future__ import annotations

from typing import Any

import pytest

from strapontin.config.database import role_names
from tests.servers import Database

# Tables of allauth, Django and procrastinate keep their own rules.
THEIRS = ("mfa\\_%", "socialaccount\\_%", "django\\_%", "auth\\_%", "account\\_%", "procrastinate\\_%")
# Customers' ids stand there as plain columns: registers of what is unique everywhere, scopes of those who sign in,
# what they ask for many customers, and invoices, which are keyed by their payer.
PLAIN_CUSTOMER_ID = {"tenant_register", "administrator", "api_key", "bulk_allocation", "invoice_line"}
# What every reader may see: the installation's settings, the types; logins are read by the door's role alone.
WITHOUT_ROW_SECURITY = {"installation", "subscription_type", "account"}
APPEND_ONLY = {
    "ledger_entry",
    "seat_event",
    "journal_entry",
    "charge",
    "period_rating",
    "invoice",
    "invoice_line",
    "invoice_tax",
}


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    """The catalogue of the migrated database."""
    return Catalogue(database)


class Catalogue:
    """Questions to ``pg_catalog``, as the superuser whom no policy holds back."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tables = [name for (name,) in self.ask(_TABLES, [list(THEIRS)])]
        self.of_customers = [name for (name,) in self.ask(_WITH_CUSTOMER_ID, [self.tables])]
        self.keyed_by_customer = sorted(set(self.of_customers) - PLAIN_CUSTOMER_ID)

    def ask(self, query: str, parameters: list[Any]) -> list[Any]:
        """All rows of a query."""
        with self.database.superuser() as connection:
            return connection.execute(query, parameters).fetchall()


_TABLES = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
   AND NOT relname LIKE ANY (%s) ORDER BY relname
"""
_WITH_CUSTOMER_ID = """
SELECT table_name FROM information_schema.columns WHERE column_name = 'customer_id' AND table_name = ANY (%s)
 ORDER BY table_name
"""
_UNIQUE_WITHOUT_CUSTOMER = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text FROM pg_index i
 WHERE (i.indisunique OR i.indisprimary) AND i.indrelid::regclass::text = ANY (%s)
   AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attname = 'customer_id'
                      AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]))
"""
_FOREIGN_KEYS = """
SELECT conname, conrelid::regclass::text, confrelid::regclass::text, confdeltype, confupdtype,
       (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(conkey) WITH ORDINALITY k (attnum, n)
          JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.attnum)::text[] AS columns,
       (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(confkey) WITH ORDINALITY k (attnum, n)
          JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.attnum)::text[] AS referred
  FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)
"""
_SERIALS = """
SELECT attrelid::regclass::text, attname FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE attrelid::regclass::text = ANY (%s) AND attnum > 0
   AND (attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE '%%nextval%%')
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY (%s)
"""
_OPEN_TO_ALL = """
SELECT relname FROM pg_class WHERE relname = ANY (%s) AND relnamespace = 'public'::regnamespace
   AND NOT (relrowsecurity AND relforcerowsecurity)
"""
_MAY_REWRITE = """
SELECT r.role, t.name, p.privilege FROM unnest(%s::text[]) r (role), unnest(%s::text[]) t (name),
       unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p (privilege)
 WHERE has_table_privilege(r.role, t.name, p.privilege)
    OR (p.privilege = 'UPDATE' AND has_any_column_privilege(r.role, t.name, 'UPDATE'))
"""
_DOOR_READS = """
SELECT name FROM unnest(%s::text[]) name WHERE has_any_column_privilege(%s, name, 'SELECT')
"""
_SUPERUSERS = """
SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole)
"""


def test_there_are_tables_to_look_at(catalogue: Catalogue) -> None:
    assert {"customer", "balance", "ledger_entry", "invoice"} <= set(catalogue.tables)
    assert set(catalogue.of_customers) >= PLAIN_CUSTOMER_ID | {"site", "charge", "journal_entry"}
    assert set(catalogue.tables) >= APPEND_ONLY | WITHOUT_ROW_SECURITY


def test_customer_id_is_in_every_key_below_a_customer(catalogue: Catalogue) -> None:
    assert catalogue.ask(_UNIQUE_WITHOUT_CUSTOMER, [catalogue.keyed_by_customer]) == []


def test_a_key_without_the_customer_is_found(catalogue: Catalogue) -> None:
    found = {table for table, _index in catalogue.ask(_UNIQUE_WITHOUT_CUSTOMER, [["tenant_register", "site"]])}
    assert found == {"tenant_register"}


def test_foreign_keys_within_a_customer_carry_it(catalogue: Catalogue) -> None:
    for name, table, target, *_, columns, referred in catalogue.ask(_FOREIGN_KEYS, [catalogue.keyed_by_customer]):
        pairs = dict(zip(columns, referred, strict=True))
        if target == "customer":
            assert pairs == {"customer_id": "id"}, name
        elif target in catalogue.keyed_by_customer:
            assert pairs.get("customer_id") == "customer_id", (name, table)


def test_nothing_else_points_at_customers(catalogue: Catalogue) -> None:
    others = sorted(set(catalogue.tables) - set(catalogue.keyed_by_customer))
    forbidden = {"customer", *catalogue.keyed_by_customer}
    assert [key for key in catalogue.ask(_FOREIGN_KEYS, [others]) if key[2] in forbidden] == []


def test_foreign_keys_restrict_or_cascade(catalogue: Catalogue) -> None:
    for name, _table, _target, on_delete, on_update, *_ in catalogue.ask(_FOREIGN_KEYS, [catalogue.tables]):
        # "a" is a RESTRICT that waits for the end of the transaction, as Django writes it.
        assert on_delete in "arc", name
        assert on_update == "a", name


def test_no_serials(catalogue: Catalogue) -> None:
    assert catalogue.ask(_SERIALS, [catalogue.tables]) == []


def test_no_triggers(catalogue: Catalogue) -> None:
    assert catalogue.ask(_TRIGGERS, [catalogue.tables]) == []


def test_row_security_is_forced(catalogue: Catalogue) -> None:
    guarded = sorted(set(catalogue.tables) - WITHOUT_ROW_SECURITY)
    assert catalogue.ask(_OPEN_TO_ALL, [guarded]) == []


def test_what_is_written_stays(catalogue: Catalogue) -> None:
    roles = list(role_names(catalogue.database.url).all())
    assert catalogue.ask(_MAY_REWRITE, [roles, sorted(APPEND_ONLY)]) == []


def test_the_door_reads_little(catalogue: Catalogue) -> None:
    door = role_names(catalogue.database.url).door
    found = {name for (name,) in catalogue.ask(_DOOR_READS, [catalogue.tables, door])}
    assert found <= {"installation", "account", "administrator", "api_key", "subscription_type", "attempt", "session"}


def test_roles_are_ordinary_and_carry_the_database_name(catalogue: Catalogue) -> None:
    roles = role_names(catalogue.database.url).all()
    assert all(role.startswith(f"{catalogue.database.name}_") for role in roles)
    assert catalogue.ask(_SUPERUSERS, [list(roles)]) == []
