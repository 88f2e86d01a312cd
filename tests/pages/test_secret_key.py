"""While the secret key is changed, what the earlier key signed still counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client, override_settings

from strapontin.access.links import password_link
from strapontin.access.models import Account
from tests.pages.scene import Scene

if TYPE_CHECKING:
    from tests.pages.conftest import SignIn

OLD = {"SECRET_KEY": "first", "SECRET_KEY_FALLBACKS": []}
CHANGING = {"SECRET_KEY": "second", "SECRET_KEY_FALLBACKS": ["zero", "first"]}
NEW = {"SECRET_KEY": "second", "SECRET_KEY_FALLBACKS": []}


def status(client: Client, path: str = "/subscriptions/") -> int:
    """The status of a page."""
    return client.get(path).status_code


def test_a_session_stays_open_and_takes_the_new_key(scene: Scene, sign_in: SignIn) -> None:
    with override_settings(**OLD):
        client, idle = sign_in("maud"), sign_in("maud")
        assert status(client) == status(idle) == 200
    with override_settings(**CHANGING):
        assert status(client) == 200
    with override_settings(**NEW):
        assert status(client) == 200, "it was used meanwhile"
        assert status(idle) == 302, "it was not"


@pytest.mark.parametrize(("settings", "opens"), [(CHANGING, True), (NEW, False)])
def test_a_link_opens_by_the_earlier_key(scene: Scene, settings: dict[str, object], opens: bool) -> None:
    account = Account.objects.get(email=scene.logins["maud"])
    with override_settings(**OLD):
        path = urlsplit(password_link(account)).path
    with override_settings(**settings):
        page = Client(SERVER_NAME="localhost").get(path, follow=True).content.decode()
        assert bool(re.search(r'name="password1"', page)) is opens


@pytest.mark.parametrize(("settings", "opens"), [(CHANGING, True), (NEW, False)])
def test_what_was_signed_is_read(settings: dict[str, object], opens: bool) -> None:
    with override_settings(**OLD):
        signed = signing.dumps(["a"], salt="s")
    with override_settings(**settings):
        if opens:
            assert signing.loads(signed, salt="s") == ["a"]
        else:
            with pytest.raises(signing.BadSignature):
                signing.loads(signed, salt="s")
