"""What a form says when the operation refuses what was typed: at the field, why."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from strapontin.demo.furnishing import Furnisher
from tests.pages.scene import Scene
from tests.pages.test_door import field

if TYPE_CHECKING:
    from tests.pages.conftest import SignIn


def test_a_refused_field_says_why(scene: Scene, sign_in: SignIn) -> None:
    site_id, customer_id = scene.sites["echirolles"], scene.customers["clinic"]
    scene.attach("clinic", "echirolles", Furnisher().make_stack())
    client, url = sign_in("maud"), f"/customers/{customer_id}/users/new/"
    form = {"once": field(client.get(url).content.decode(), "once"), "site": str(site_id), "type": "voice"}
    refused = client.post(url, form | {"first_name": "Ada", "action": "create"})
    assert refused.status_code == 422
    said = html.unescape(refused.content.decode())
    assert "Un utilisateur d’un site relié à un serveur téléphonique a besoin d’une adresse e-mail." in said
