"""What a form says when the operation refuses what was typed: at the field, why."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING
from uuid import UUID

from strapontin.access import grants
from strapontin.access.scope import acting
from strapontin.stacks.operations import NewStack, attach_tenant, create_stack
from tests.pages.scene import NOW, Scene
from tests.pages.test_door import field

if TYPE_CHECKING:
    from tests.pages.conftest import SignIn


def test_a_refused_field_says_why(scene: Scene, sign_in: SignIn) -> None:
    site_id, customer_id = scene.sites["echirolles"], scene.customers["clinic"]
    with acting(scene.actor):
        stack_id = create_stack(
            grants.stack_manager(scene.actor), new=NewStack("S", "wazo", "http://127.0.0.1:9"), at=NOW
        )
        attacher = grants.stack_attacher(scene.actor, customer_id)
        attach_tenant(attacher, site_id=site_id, stack_id=stack_id, tenant_uuid=UUID(int=1), at=NOW)
    client, url = sign_in("maud"), f"/customers/{customer_id}/users/new/"
    form = {"once": field(client.get(url).content.decode(), "once"), "site": str(site_id), "type": "voice"}
    refused = client.post(url, form | {"first_name": "Ada", "action": "create"})
    assert refused.status_code == 422
    said = html.unescape(refused.content.decode())
    assert "Un utilisateur d’un site relié à un serveur téléphonique a besoin d’une adresse e-mail." in said
