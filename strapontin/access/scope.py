"""The database's view of the actor: one transaction, one role, one scope (SPEC 11).

Row level security compares these settings with every row. They end with the transaction, so a pooled connection never
carries somebody's scope to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Literal

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from strapontin.access.actors import Actor
from strapontin.kit.database import begin, run, value_of

RoleName = Literal["door", "request", "worker", "billing"]
Scope = tuple[str, str, str, str, str]

_SETTINGS = ("role", "app.scope", "app.partner", "app.customer", "app.actor")
_READ_SCOPE = "SELECT ARRAY[" + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _SETTINGS) + "]"
_SET_SCOPE = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in _SETTINGS)
# A customer's administrator sees the nearest partner's name; a partner's, that of its parent.
_SET_NEAREST = """
SELECT set_config('app.nearest', coalesce(
    (SELECT partner_id FROM customer WHERE id = %s::uuid),
    (SELECT parent_id FROM partner WHERE id = %s::uuid))::text, true)
"""


# Answers the former role.
_BECOME = "SELECT former FROM (SELECT current_user::text AS former, set_config('role', %s, true) AS present) AS roles"


@contextmanager
def acting(actor: Actor, role: RoleName = "request") -> Iterator[None]:
    """One transaction in the actor's scope: committed at the end, rolled back by any exception.

    Inside another transaction it is a savepoint, and the former scope comes back at its end.
    """
    scope = _scope(actor, role)
    if not connection.in_atomic_block:
        with transaction.atomic():
            begin(_set_local(scope))
            yield
        return
    outer = value_of(list, _READ_SCOPE)
    with transaction.atomic():
        run(_SET_SCOPE, scope)
        yield
    # After an exception, the rollback to the savepoint has restored the settings.
    run(_SET_SCOPE, outer)


def _scope(actor: Actor, role: RoleName) -> Scope:
    ids = (str(id_) if id_ else "" for id_ in (actor.partner_id, actor.customer_id, actor.id))
    return (getattr(settings.DATABASE_ROLES, role), actor.scope, *ids)


@lru_cache(maxsize=10_000)
def _set_local(scope: Scope) -> str:
    # Utility statements are not planned: these five cost the server less than one SELECT of five set_config().
    return "; ".join(
        f"SET LOCAL {name} = {sql.Literal(value).as_string()}" for name, value in zip(_SETTINGS, scope, strict=True)
    )


def reveal_nearest_partner(actor: Actor) -> None:
    """Lets the rest of the transaction read the name of the partner right above the actor's scope."""
    if not actor.provider:
        run(_SET_NEAREST, [actor.customer_id, actor.partner_id])


@contextmanager
def as_billing() -> Iterator[None]:
    """Takes the billing role for a few statements: prices, periods and charges are not the request's to touch."""
    with _as_role(settings.DATABASE_ROLES.billing):
        yield


@contextmanager
def as_door() -> Iterator[None]:
    """Takes the door's role for a few statements: logins are not the request's to read or to write.

    The door sees every login and every key. Whoever calls it has authorised before.
    """
    with _as_role(settings.DATABASE_ROLES.door):
        yield


@contextmanager
def _as_role(role: str) -> Iterator[None]:
    before = value_of(str, _BECOME, [role])
    try:
        yield
    finally:
        # After an error the transaction accepts nothing more, and its rollback restores the role as well.
        if before and not connection.needs_rollback and _transaction_is_usable():
            run("SELECT set_config('role', %s, true)", [before])


def _transaction_is_usable() -> bool:
    from psycopg.pq import TransactionStatus

    raw = connection.connection
    return raw is not None and raw.info.transaction_status == TransactionStatus.INTRANS
