"""What the database alone refuses: each constraint that an operation can break, and the refusal that it gives."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import IntegrityError

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.api.problems import refusal_of
from strapontin.kit.database import run
from strapontin.refusals import CONSTRAINTS, Refusal, told_by_constraints
from tests.cast import Cast
from tests.servers import Database

# A statement that breaks each of them as a request could that comes between another one's look and its statement. The
# values are ids of the stage.
BREAKS: dict[str, str] = {
    "administrator_email_once": """
        INSERT INTO administrator (id, name, email, is_active, provider, roles, language, created_at)
        SELECT gen_random_uuid(), 'x', 'x@example.org', true, true, '{}', 'fr', now() FROM generate_series(1, 2)""",
    "price_list_once": """
        INSERT INTO price_list (id, name, currency, valid_from, created_at)
        SELECT gen_random_uuid(), 'x', 'EUR', '2030-01-01', now() FROM generate_series(1, 2)""",
    "seat_user_email_once": """
        INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled,
                               state, origin, claimed_at, version)
        SELECT %(customer)s, gen_random_uuid(), %(site)s, 'voice', 'x', '', 'x@example.org', '', true, 'active',
               'portal', now(), 1 FROM generate_series(1, 2)""",
    "site_name_once": """
        INSERT INTO site (customer_id, id, name, address, created_at, version)
        SELECT %(customer)s, gen_random_uuid(), 'x', '', now(), 1 FROM generate_series(1, 2)""",
    "seat_user_tenant_id_of_customer": "DELETE FROM site_tenant WHERE id = %(with_user)s",
    "stack_call_tenant_id_of_customer": "DELETE FROM site_tenant WHERE id = %(with_call)s",
    "tenant_reading_tenant_id_of_customer": "DELETE FROM site_tenant WHERE id = %(with_reading)s",
}
ANSWERS = {
    "administrator_email_once": (409, "already_exists", "email"),
    "price_list_once": (409, "already_exists", "valid_from"),
    "seat_user_email_once": (409, "email_in_use", "email"),
    "site_name_once": (409, "already_exists", "name"),
    "seat_user_tenant_id_of_customer": (409, "tenant_has_users", None),
    "stack_call_tenant_id_of_customer": (409, "tenant_has_users", None),
    "tenant_reading_tenant_id_of_customer": (409, "tenant_has_users", None),
}


# What refers to the attachments of the fixture below: a user who is gone, a call of that user, a reading.
REFERRING = """
WITH person AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled, state,
                           origin, tenant_id, claimed_at, version)
    VALUES (%(customer)s, gen_random_uuid(), %(site)s, 'voice', 'x', '', '', '', true, 'gone', 'portal', %(with_user)s,
            now(), 1) RETURNING id
), reading AS (
    INSERT INTO synchronization (customer_id, id, state, actor_kind, started_at, beat_at)
    VALUES (%(customer)s, gen_random_uuid(), 'done', 'system', now(), now()) RETURNING id
), call AS (
    INSERT INTO stack_call (customer_id, id, user_id, tenant_id, kind, state, attempts, error_code, email, created_at,
                            due_at)
    SELECT %(customer)s, gen_random_uuid(), id, %(with_call)s, 'create', 'done', 0, '', '', now(), now() FROM person
)
INSERT INTO tenant_reading (customer_id, synchronization_id, tenant_id, site_id, state, error_code, counts, unmapped,
                            differences)
SELECT %(customer)s, id, %(with_reading)s, %(site)s, 'done', '', '{}', '[]', '{}' FROM reading
"""


@pytest.fixture
def ids(cast: Cast) -> dict[str, Any]:
    """A customer, a site, and attachments to which a user, a call or a reading refers."""
    site = cast.brumes.site()
    assert site.allocate(voice=1).status == 201
    tenants = {f"with_{what}": site.attach() for what in ("user", "call", "reading")}
    ids = {"customer": cast.brumes.id, "site": site.id, **tenants}
    with cast.database.superuser() as connection:
        connection.execute(REFERRING.encode(), ids)
    return ids


def broken(cast: Cast, statement: str, ids: dict[str, Any]) -> IntegrityError:
    """The error of a statement, run for the customer."""
    actor = system()
    with pytest.raises(IntegrityError) as caught, acting(actor):
        grants.customer(actor, ids["customer"])
        run(statement, ids)
    return caught.value


def test_every_constraint_is_one_of_the_database(database: Database) -> None:
    with database.superuser() as connection:
        names = connection.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique"
        ).fetchall()
    assert set(CONSTRAINTS) <= {name for (name,) in names}
    assert set(CONSTRAINTS) == set(BREAKS) == set(ANSWERS)


@pytest.mark.parametrize("constraint", BREAKS)
def test_a_constraint_gives_its_refusal(
    cast: Cast, ids: dict[str, Any], constraint: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = broken(cast, BREAKS[constraint], ids)
    assert constraint in str(error)
    with pytest.raises(Refusal) as caught, told_by_constraints(explanation="Quai"):
        raise error
    for refusal in (caught.value, refusal_of(error)):
        assert (refusal.status, refusal.code, refusal.facts.get("field")) == ANSWERS[constraint]
    assert "Quai" in caught.value.sentence or caught.value.code != "already_exists"
    assert not caplog.records


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("site_name", "UPDATE site SET name = '' WHERE customer_id = %(customer)s"),
        ("balance_in_order", "UPDATE balance SET used = -1 WHERE customer_id = %(customer)s"),
        (
            "site_pkey",
            "INSERT INTO site (customer_id, id, name, address, created_at, version)"
            " SELECT customer_id, id, 'other', '', now(), 1 FROM site WHERE customer_id = %(customer)s",
        ),
        (
            "seat_user_site_id_of_customer",
            "UPDATE seat_user SET site_id = gen_random_uuid() WHERE customer_id = %(customer)s",
        ),
        ("api_key_one_scope", "UPDATE api_key SET provider = false WHERE provider"),
    ],
)
def test_any_other_constraint_is_a_fault_of_ours(
    cast: Cast, ids: dict[str, Any], constraint: str, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = broken(cast, statement, ids)
    with pytest.raises(IntegrityError), told_by_constraints():
        raise error
    with caplog.at_level(logging.ERROR):
        refusal = refusal_of(error)
    assert (refusal.status, refusal.code) == (500, "server_error")
    assert constraint in caplog.text
