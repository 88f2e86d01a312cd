"""A client that claims seats by the operation: the actor's transaction, the grant, ``create_user``, commit."""

from __future__ import annotations

from uuid import UUID

import django

from benchmarks.client import serve
from benchmarks.ground import KEY_ID, PARTNER_ID


def main() -> None:
    """Set Django up, and claim when told."""
    django.setup()
    from strapontin.access import grants
    from strapontin.access.actors import Actor
    from strapontin.access.scope import acting
    from strapontin.organisation.settings import load
    from strapontin.seats.claims import NewUser
    from strapontin.seats.operations import create_user

    actor = Actor(
        kind="api_key",
        id=UUID(KEY_ID),
        name="benchmark",
        roles=frozenset({"users"}),
        door="api",
        partner_id=UUID(PARTNER_ID),
    )
    with acting(actor):
        settings = load()

    def claim(customer_id: UUID, site_id: UUID, email: str) -> None:
        new = NewUser(site_id=site_id, type_code="voice", first_name="Ada", last_name="Example", email=email)
        with acting(actor):
            grant = grants.user_manager(actor, customer_id)
            create_user(grant, new=new, settings=settings, at=settings.now())

    serve(claim, name="operation")


if __name__ == "__main__":
    main()
