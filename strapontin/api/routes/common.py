"""What routes share: parameters of lists, PATCH bodies, and who did something."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


def changes(body: BaseModel, *, nullable: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What a PATCH names; ``null`` names nothing, but for the fields in ``nullable``."""
    named = {field: getattr(body, field) for field in body.model_fields_set}
    return {field: value for field, value in named.items() if value is not None or field in nullable}


def scope(found: dict[str, Any]) -> dict[str, Any]:
    """A holder's scope as API.md writes it."""
    if found["provider"]:
        return {"provider": True}
    if found["partner_id"]:
        return {"partner": found["partner_id"]}
    return {"customer": found["customer_id"]}


def doer(found: dict[str, Any]) -> dict[str, Any]:
    """Who did something; the name is ``null`` for somebody whom the reader does not see."""
    name = "Strapontin" if found["actor_kind"] == "system" else found["actor_name"]
    return {"kind": found["actor_kind"], "id": found["actor_id"], "name": name}
