"""What routes of several nouns share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access.operations import ScopeGiven
from strapontin.access.queries import ScopeHolder
from strapontin.allocations.queries import Figures
from strapontin.api.schemas.common import Body, Scope


def changes_in(body: Body, *, columns: dict[str, str] | None = None) -> dict[str, Any]:
    """The new values that the body of a PATCH gives, by column.

    ``columns`` gives the names of the columns that differ from their fields.
    """
    return {(columns or {}).get(field, field): getattr(body, field) for field in body.model_fields_set}


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


def show_doer(kind: str, doer_id: UUID | None, name: str | None) -> dict[str, Any]:
    """Who wrote an entry; the name is ``None`` if the reader may not see this person or key."""
    return {"kind": kind, "id": doer_id, "name": "Strapontin" if kind == "system" else name}


def show_figures(figures: Figures) -> dict[str, Any]:
    """The seats of a type."""
    return {
        "type": figures.type_code,
        "allocated": figures.allocated,
        "next_cycle": figures.next_cycle,
        "used": figures.used,
        "remaining": figures.remaining,
        "over": figures.over,
    }
