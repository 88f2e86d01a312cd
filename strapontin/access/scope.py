"""The database's view of the actor: one transaction, one role, one scope (SPEC 11).

Row level security compares these settings with every row. They are local to the transaction, so a pooled
connection never carries somebody's scope to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from strapontin.access.actors import Actor

RoleName = Literal["request", "worker", "billing"]

_SET_SCOPE = """
SELECT set_config('role', %s, true), set_config('app.scope', %s, true), set_config('app.partner', %s, true),
       set_config('app.customer', %s, true), set_config('app.actor', %s, true)
"""
# A customer's administrator sees the nearest partner's name; a partner's, that of its parent.
_SET_NEAREST = """
SELECT set_config('app.nearest', coalesce(
    (SELECT partner_id FROM customer WHERE id = %s::uuid),
    (SELECT parent_id FROM partner WHERE id = %s::uuid))::text, true)
"""


def _text(value: UUID | None) -> str:
    return str(value) if value else ""


def set_scope(actor: Actor, role: RoleName = "request") -> None:
    """Takes the role and the actor's scope until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SET_SCOPE,
            [
                getattr(settings.DATABASE_ROLES, role),
                actor.scope,
                _text(actor.partner_id),
                _text(actor.customer_id),
                _text(actor.id),
            ],
        )


_SETTINGS = ("role", "app.scope", "app.partner", "app.customer", "app.actor")
_READ_SCOPE = "SELECT " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _SETTINGS)


@contextmanager
def acting(actor: Actor, role: RoleName = "request") -> Iterator[None]:
    """One transaction in the actor's scope: committed at the end, rolled back by any exception.

    Inside another one it is a savepoint, and the scope of before is taken again at its end.
    """
    outer: tuple[str, ...] | None = None
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(_READ_SCOPE)
            outer = cursor.fetchone()
    with transaction.atomic():
        set_scope(actor, role)
        yield
    # After an exception the savepoint's rollback has restored the settings already.
    if outer is not None:
        with connection.cursor() as cursor:
            cursor.execute(_SET_SCOPE, outer)


def reveal_nearest_partner(actor: Actor) -> None:
    """Lets the rest of the transaction read the name of the partner right above the actor's scope."""
    if not actor.provider:
        with connection.cursor() as cursor:
            cursor.execute(_SET_NEAREST, [actor.customer_id, actor.partner_id])


@contextmanager
def as_billing() -> Iterator[None]:
    """Takes the billing role for a few statements: prices, periods and charges are not the request's to touch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, set_config('role', %s, true)", [settings.DATABASE_ROLES.billing])
        (before, _now) = cursor.fetchone()
    try:
        yield
    finally:
        # After an error the transaction accepts nothing more, and its rollback restores the role as well.
        if not connection.needs_rollback and _transaction_is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('role', %s, true)", [before])


def _transaction_is_usable() -> bool:
    from psycopg.pq import TransactionStatus

    raw = connection.connection
    return raw is not None and raw.info.transaction_status == TransactionStatus.INTRANS
