"""Those who can help a reader without a role, as pages show them (SPEC 3, 5)."""

from __future__ import annotations

from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.helpers import who_can_help
from strapontin.web.frame.shapes import Helper


def helpers_of(actor: Actor, customer_id: UUID | None, *, role: str = "subscriptions") -> list[Helper]:
    """Holders of the role, the nearest first, with their e-mail address if they show it."""
    helpers = who_can_help(actor, role=role, customer_id=customer_id)
    return [Helper(name=h.name, organisation=h.organisation, is_partner=h.is_partner, email=h.email) for h in helpers]
