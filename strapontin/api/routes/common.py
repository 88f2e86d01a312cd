"""What routes of several nouns share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.doers import names_above
from strapontin.access.operations import ScopeGiven
from strapontin.access.queries import ScopeHolder
from strapontin.allocations.queries import Figures
from strapontin.api.schemas.common import Body, Scope
from strapontin.api.schemas.users import DraftedUserIn
from strapontin.seats.claims import NewUser


def changes_in(body: Body, *, columns: dict[str, str] | None = None) -> dict[str, Any]:
    """The new values that the body of a PATCH gives, by column.

    ``columns`` gives the names of the columns that differ from their fields.
    """
    return {(columns or {}).get(field, field): getattr(body, field) for field in body.model_fields_set}


def new_user(body: DraftedUserIn) -> NewUser:
    """The user that a body describes."""
    return NewUser(
        site_id=body.site,
        type_code=body.type,
        first_name=body.first_name,
        last_name=body.last_name or "",
        email=body.email or "",
        extension=body.extension or "",
        enabled=body.enabled is not False,
        tenant_id=body.tenant,
    )


def scope_given(scope: Scope) -> ScopeGiven:
    """The scope that a body gives to a key or an administrator."""
    return ScopeGiven(provider=bool(scope.provider), partner_id=scope.partner, customer_id=scope.customer)


def show_scope(holder: ScopeHolder) -> dict[str, Any]:
    """The scope of a key or an administrator."""
    if holder.provider:
        return {"provider": True}
    if holder.partner_id:
        return {"partner": holder.partner_id}
    return {"customer": holder.customer_id}


class Written(Protocol):
    """A row that tells who wrote it; ``actor_name`` is ``None`` if the reader may not see this person or key."""

    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> UUID | None: ...
    @property
    def actor_name(self) -> str | None: ...


def names_above_of(actor: Actor, rows: Iterable[Written]) -> dict[UUID, str]:
    """What the reader may call those above who wrote some of the rows."""
    return names_above(actor, {row.actor_id for row in rows if row.actor_id and row.actor_name is None})


def show_doer(row: Written, above: Mapping[UUID, str]) -> dict[str, Any]:
    """Who wrote a row. Those above have no id, and the name in ``above`` (:func:`names_above_of`)."""
    if row.actor_kind == "system":
        return {"kind": "system", "id": None, "name": "Strapontin"}
    if row.actor_name is None and row.actor_id is not None:
        return {"kind": row.actor_kind, "id": None, "name": above[row.actor_id]}
    return {"kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name}


def show_figures(figures: Figures) -> dict[str, Any]:
    """The seats of a type."""
    return {
        "type": figures.type_code,
        "allocated": figures.allocated,
        "next_cycle": figures.next_cycle,
        "used": figures.used,
        "unused": figures.unused,
        "remaining": figures.remaining,
        "over": figures.over,
    }
