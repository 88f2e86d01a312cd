"""Who finds what, for every endpoint of the REST door, and for every table under the request role."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError
from psycopg.errors import InsufficientPrivilege

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.models import ROLES
from strapontin.access.scope import acting
from strapontin.api.openapi import description
from strapontin.kit.database import exists, run, value_of
from tests.api.client import Answer, ApiClient
from tests.cast import Cast
from tests.scenarios.access_table import TABLE, Row, Scene
from tests.servers import Database

MONEY_FIELDS = {"unit_price", "amount", "net", "tax", "total", "base", "prices", "next_invoice", "rate"}
SEAT_FIELDS = {"allocated", "used", "unused", "remaining", "over"}
AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """One of everything."""
    return Scene(cast)


def endpoints() -> Iterator[tuple[str, str, Row]]:
    """Method, address and row of every endpoint; what removes comes last, after what it would spoil."""
    for key, row in sorted(TABLE.items(), key=lambda item: item[0].startswith("DELETE")):
        method, template = key.split(" ")
        yield method, template, row


def ask(who: ApiClient, scene: Scene, method: str, template: str, row: Row) -> Answer:
    """The answer to the endpoint's request about our customer's things."""
    return who.send(method, scene.address(template), row.body(scene) if row.body else None)


def told(answers: dict[str, Any]) -> None:
    """Fails with all endpoints that answered otherwise."""
    assert answers == {}


def test_every_endpoint_has_a_row() -> None:
    described = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in json.loads(description())["paths"].items()
        for method in methods
    }
    assert described == set(TABLE)


@pytest.mark.parametrize("outsider", ["customer", "partner"])
def test_an_outsider_finds_nothing(scene: Scene, outsider: str) -> None:
    cast = scene.cast
    who = cast.zenith.administrator if outsider == "customer" else cast.partner_administrator(cast.tramontane)
    secrets = [value for name, value in scene.ids.items() if name not in ("code", "run_id")]
    wrong = {}
    for method, template, row in endpoints():
        answer = ask(who, scene, method, template, row)
        names_theirs = "{" in template.replace("{code}", "").replace("{run_id}", "") or "customer" in str(
            row.body(scene) if row.body else ""
        )
        names_theirs = names_theirs and not row.later
        if names_theirs or (row.body and not row.later and scene.ids["partner_id"] in str(row.body(scene))):
            # Where the provider alone may act, or no customer ever, this may be said first: it tells nothing.
            said_first = {"provider_only"} if row.provider else {"scope_too_small"} if row.above_customers else set()
            if answer.code not in {"not_found"} | said_first:
                wrong[f"{method} {template}"] = answer.body
        elif any(secret in json.dumps(answer.body) for secret in secrets) or "Brumes" in json.dumps(answer.body):
            wrong[f"{method} {template}"] = answer.body
    told(wrong)


@pytest.mark.parametrize("scope", ["customer", "partner"])
def test_without_the_role(scene: Scene, scope: str) -> None:
    cast = scene.cast
    ours = {"customer": cast.brumes.id} if scope == "customer" else {"partner": cast.opaline}
    lacking = {role: cast.key(role, **ours, roles=[other for other in ROLES if other != role]) for role in ROLES}
    wrong = {}
    for method, template, row in endpoints():
        if row.needs is None or row.either or (template == "/customers" and method == "POST" and scope == "customer"):
            continue
        answer = ask(lacking[row.needs], scene, method, template, row)
        if (answer.code, answer.body.get("role")) != ("role_missing", row.needs):
            wrong[f"{method} {template}"] = answer.body
    told(wrong)


@pytest.mark.parametrize("scope", ["customer", "partner", "provider"])
def test_without_any_role(scene: Scene, scope: str) -> None:
    who = scene.cast.key("No role", **scope_of(scene, scope), roles=[])
    wrong = {}
    for method, template, row in endpoints():
        answer = ask(who, scene, method, template, row)
        refused = {"role_missing"} | ({"provider_only"} if row.provider else set())
        if scope == "customer":
            # A customer's administrator does not even find its partner.
            refused |= {"scope_too_small"} if row.above_customers else set()
            refused |= {"not_found"} if "partner_id" in template or template == "/customers" else set()
        if (answer.status >= 300 or seats_in(answer.body)) if row.open else (answer.code not in refused):
            wrong[f"{method} {template}"] = answer.body
    told(wrong)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", ["customer", "partner"])
def test_with_one_role(scene: Scene, scope: str, role: str) -> None:
    who = scene.cast.key(role, **scope_of(scene, scope), roles=[role])
    wrong = {}
    for method, template, row in endpoints():
        if row.provider or (row.above_customers and scope == "customer"):
            continue
        answer = ask(who, scene, method, template, row)
        missing = answer.body["role"] if answer.code == "role_missing" else None
        opens = row.needs is None or role in (row.needs, row.either)
        if missing == role if opens else missing != row.needs:
            wrong[f"{method} {template}"] = answer.body
        if row.needs is None and "{partner_id}" not in template and answer.status >= 300:
            wrong[f"{method} {template}"] = answer.body
        if role not in ("subscriptions", "users") and seats_in(answer.body):
            wrong[f"{method} {template}"] = answer.body
    told(wrong)


def scope_of(scene: Scene, scope: str) -> dict[str, str]:
    """The scope of a key for our customer, its partner or the provider."""
    return {"customer": {"customer": scene.cast.brumes.id}, "partner": {"partner": scene.cast.opaline}}.get(scope, {})


def seats_in(value: Any) -> bool:
    """Whether an answer has figures of seats somewhere."""
    if isinstance(value, dict):
        return not SEAT_FIELDS.isdisjoint(value) or any(map(seats_in, value.values()))
    return isinstance(value, list) and any(map(seats_in, value))


@pytest.mark.parametrize("scope", ["customer", "partner"])
def test_what_is_the_providers_own(scene: Scene, scope: str) -> None:
    cast = scene.cast
    who = cast.brumes.administrator if scope == "customer" else cast.partner_administrator(cast.opaline)
    wrong = {}
    for method, template, row in endpoints():
        if row.provider:
            answer = ask(who, scene, method, template, row)
            # A customer's administrator does not even find its partner.
            hidden = scope == "customer" and "{partner_id}" in template
            if answer.code != ("not_found" if hidden else "provider_only"):
                wrong[f"{method} {template}"] = answer.body
    told(wrong)


@pytest.mark.parametrize("scope", ["customer", "below the payer"])
def test_no_money_below_the_payer(scene: Scene, scope: str) -> None:
    cast = scene.cast
    who = cast.brumes.administrator
    if scope == "below the payer":
        # The invoice of this customer goes to the partner above.
        who = cast.partner_administrator(cast.ouest)
        site = cast.lagune.site("Quai")
        site.add_user("Cléo", allocate_missing=True)
        scene.ids |= {"customer_id": cast.lagune.id, "site_id": site.id, "partner_id": cast.ouest}
        scene.ids["user_id"] = cast.provider.get(f"{cast.lagune.path}/users").items[0]["id"]
    wrong, answered = {}, set()
    for method, template, row in endpoints():
        answer = ask(who, scene, method, template, row)
        assert answer.status < 500
        if answer.status < 300:
            answered.add(f"{method} {template}")
        if amounts := list(money_in(answer.body)):
            wrong[f"{method} {template}"] = amounts
    told(wrong)
    assert len(answered) > 20, answered


def money_in(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Whatever looks like an amount of money, or is called like one."""
    if isinstance(value, dict):
        # Of a progress, "total" is no money.
        for key, part in value.items() if set(value) != {"done", "total"} else ():
            yield from money_in(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from money_in(part, name)
    elif value is not None and (name in MONEY_FIELDS or (isinstance(value, str) and AMOUNT.fullmatch(value))):
        yield name, value


def test_the_payer_sees_money(scene: Scene) -> None:
    payer = scene.cast.partner_administrator(scene.cast.opaline)
    for path in ("/invoices", "/invoices/{invoice_id}", "/price-lists/{price_list_id}"):
        assert list(money_in(payer.get(scene.address(path)).body)), path
    preview = ask(payer, scene, "POST", "/customers/{customer_id}/allocation-changes/preview", TABLE_PREVIEW)
    assert preview["effect"]["next_invoice"]["total"] is not None


TABLE_PREVIEW = TABLE["POST /customers/{customer_id}/allocation-changes/preview"]

# --- The same in SQL, under the request role, whatever the application asks. ---

MONEY_TABLES = (
    "period_price",
    "charge",
    "invoice",
    "invoice_line",
    "invoice_tax",
    "price_list",
    "price",
    "term_discount",
    "level_discount",
    "parked_customer",
    "run_payer",
    "billing_run",
)
_GUARDED = """
SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'customer_id')
  FROM pg_class c WHERE c.relkind = 'r' AND c.relrowsecurity AND c.relnamespace = 'public'::regnamespace
   AND has_table_privilege(%s, c.oid, 'SELECT') AND c.relname NOT IN ('installation', 'subscription_type') ORDER BY 1
"""
# What is the provider's own to write, in a partner's or customer's scope that can read it.
PROVIDERS_OWN = (
    "UPDATE installation SET hand_back_days = 31",
    "UPDATE subscription_type SET stack_ids = '{}'",
    "INSERT INTO subscription_type (code, name_fr, name_en, stack_ids, position) VALUES ('x', 'x', 'x', '{}', 9)",
    "UPDATE partner SET level = 'platinum' WHERE id = %(partner_id)s",
    "UPDATE partner SET path = path WHERE id = %(partner_id)s",
    "INSERT INTO partner (id, name, path, level, country, region, vat_number, address, currency, language, payer,"
    " created_at, version) VALUES (gen_random_uuid(), 'x', ARRAY[%(partner_id)s::uuid], 'gold', '', '', '', '', 'EUR',"
    " 'fr', false, now(), 1)",
    "INSERT INTO price_list (id, partner_id, name, currency, valid_from, created_at)"
    " VALUES (gen_random_uuid(), %(partner_id)s, 'x', 'EUR', '2020-01-01', now())",
    "INSERT INTO price (price_list_id, type_code, monthly_amount) SELECT id, 'none', 0 FROM price_list",
    "INSERT INTO term_discount (price_list_id, months, rate_percent) SELECT id, 24, 99 FROM price_list",
    "INSERT INTO level_discount (price_list_id, level, rate_percent) SELECT id, 'none', 99 FROM price_list",
    "UPDATE customer SET not_for_resale = true WHERE id = %(customer_id)s",
    "UPDATE customer SET unlimited = true WHERE id = %(customer_id)s",
    "UPDATE customer SET partner_path = '{}' WHERE id = %(customer_id)s",
    "UPDATE customer SET period_ends_on = period_ends_on + 30 WHERE id = %(customer_id)s",
    "INSERT INTO customer (id, partner_id, partner_path, name, client_id, purchase_order, status, alignment,"
    " anchor_day, term_months, starts_on, period_starts_on, period_ends_on, cancel_at_end_of_period, unlimited,"
    " not_for_resale, created_at, version) SELECT gen_random_uuid(), partner_id, partner_path, 'x', '', '', 'active',"
    " alignment, 1, 1, starts_on, period_starts_on, period_ends_on, false, false, true, now(), 1 FROM customer"
    " WHERE id = %(customer_id)s",
    "UPDATE administrator SET name = 'x' WHERE partner_id IS NOT NULL AND %(scope)s = 'customer'",
)


def guarded(database: Database) -> list[tuple[str, str]]:
    """Each table under row level security that requests may read, and the column that names the customer."""
    with database.superuser() as connection:
        found = connection.execute(_GUARDED, [f"{database.name}_request"]).fetchall()
    return [(name, "customer_id" if has_customer else "id") for name, has_customer in found]


def an_actor(**scope: Any) -> Actor:
    """Somebody with every role."""
    return Actor("api_key", None, "Somebody", frozenset(ROLES), "api", **scope)


def seen_by(actor: Actor, tables: list[tuple[str, str]], wanted: set[str]) -> set[str]:
    """The tables in which the actor sees a row of a customer (or with an id) among ``wanted``."""
    with acting(actor):
        return {
            table
            for table, column in tables
            if exists(f"SELECT 1 FROM {table} WHERE {column}::text = ANY (%s) LIMIT 1", [sorted(wanted)])
        }


def test_sql_shows_nothing_of_another_customer(scene: Scene, database: Database) -> None:
    tables = [(table, column) for table, column in guarded(database) if column == "customer_id"]
    tables.append(("customer", "id"))
    brumes, zenith = scene.ids["customer_id"], scene.theirs["customer_id"]
    ours = seen_by(an_actor(customer_id=brumes), tables, {brumes})
    assert {"customer", "site", "balance", "ledger_entry", "seat_user", "seat_event", "journal_entry"} <= ours
    assert seen_by(an_actor(customer_id=brumes), tables, {zenith}) == set()
    assert seen_by(an_actor(partner_id=scene.cast.opaline), tables, {zenith}) == set()
    assert "customer" in seen_by(an_actor(partner_id=scene.cast.tramontane), tables, {zenith})


def test_sql_shows_no_money_to_a_customer(scene: Scene) -> None:
    actors = {
        "customer": an_actor(customer_id=scene.ids["customer_id"]),
        "provider": an_actor(provider=True),
    }
    counted = {}
    for name, actor in actors.items():
        with acting(actor):
            counted[name] = {table: value_of(int, f"SELECT count(*) FROM {table}") or 0 for table in MONEY_TABLES}
    assert set(counted["customer"].values()) == {0}
    assert counted["provider"]["invoice"] == 2 and counted["provider"]["price"] > 0


def test_sql_without_a_scope_shows_nothing(scene: Scene, database: Database) -> None:
    nobody = an_actor(customer_id="00000000-0000-7000-8000-000000000000")
    with acting(nobody):
        for table, _column in guarded(database):
            assert not exists(f"SELECT 1 FROM {table} LIMIT 1"), table


@pytest.mark.parametrize("scope", ["customer", "partner"])
def test_sql_writes_nothing_that_is_the_providers(scene: Scene, scope: str) -> None:
    actor = an_actor(**{f"{scope}_id": scene.ids["customer_id"] if scope == "customer" else scene.cast.opaline})
    ids = {**scene.ids, "partner_id": scene.cast.opaline, "scope": scope}
    written = []
    for statement in PROVIDERS_OWN:
        try:
            with acting(actor):
                grants.customer(actor, UUID(scene.ids["customer_id"]))
                # What is not refused has found no row that it may touch.
                if run(statement, ids):
                    written.append(statement)
        except ProgrammingError as error:
            assert isinstance(error.__cause__, InsufficientPrivilege), error
    assert written == []
