"""Reads who acts together with the installation's settings, in one statement.

The statement runs as the door's database role, which reads nothing of customers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from operator import attrgetter
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import OperationalError, connection
from psycopg_pool import PoolTimeout

from strapontin.access.actors import Actor, ActorKind, Door
from strapontin.doors.visit import Visit
from strapontin.kit.database import row_of
from strapontin.organisation.settings import Settings

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_ACTOR_COLUMNS = ("id", "name", "provider", "partner_id", "customer_id", "roles", "language")
_SETTINGS_COLUMNS = tuple(field.name for field in fields(Settings))
_settings_of = attrgetter(*_SETTINGS_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Row(Settings):
    """The settings, and beside them who acts."""

    actor_id: UUID
    actor_name: str
    actor_provider: bool
    actor_partner_id: UUID | None
    actor_customer_id: UUID | None
    actor_roles: list[str]
    actor_language: str
    second_factor: bool


def select_actor(table: str, condition: str, *, second_factor: str = "true") -> str:
    """The SQL text that reads an actor from ``table``, which goes by the name ``who`` in ``condition``.

    ``second_factor`` is the condition on which the actor has one, or needs none.
    """
    columns = [f"i.{column}" for column in _SETTINGS_COLUMNS]
    columns += [f"who.{column} AS actor_{column}" for column in _ACTOR_COLUMNS]
    columns.append(f"{second_factor} AS second_factor")
    return f"SELECT {', '.join(columns)} FROM {table} who CROSS JOIN installation i WHERE {condition}"  # noqa: S608  our own names


def find_visit(sql: str, identity: object, *, kind: ActorKind, door: Door, language: str | None = None) -> Visit | None:
    """The visit of the actor that ``sql`` (:func:`select_actor`) finds by ``identity``; ``None`` if there is none.

    ``language`` replaces the actor's own.
    """
    row = row_of(_Row, sql, [identity])
    if row is None:
        return None
    actor = Actor(
        kind=kind,
        id=row.actor_id,
        name=row.actor_name,
        roles=frozenset(row.actor_roles),
        door=door,
        provider=row.actor_provider,
        partner_id=row.actor_partner_id,
        customer_id=row.actor_customer_id,
        language=language or row.actor_language,
    )
    settings = Settings(*_settings_of(row))
    return Visit(actor, settings, settings.now(), row.second_factor)


def again_after_restart(read: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Reads once more if the server was restarted under an idle connection of the pool.

    Only for the first read of a request, which has done nothing yet. Raises :class:`OperationalError` if the server
    does not answer the second time, or if the pool has no connection to give.
    """

    @wraps(read)
    def read_again(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return read(*args, **kwargs)
        except OperationalError as error:
            pool = getattr(connection, "pool", None)
            if pool is None or isinstance(error.__cause__, PoolTimeout):
                raise
            connection.close()
            pool.check()
            return read(*args, **kwargs)

    return read_again
