"""The scene, once for each module of page tests, and clients that are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

# This file is read before Django is set up (tests/ground.py): what needs models is imported by the fixtures.
if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.pages.scene import Scene
    from tests.servers import Database

    SignIn = Callable[[str], Client]


@pytest.fixture(scope="module")
def scene(database: Database) -> Scene:
    """A database with the scene in it, for all tests of a module."""
    from strapontin.catalogue.operations import seed_defaults
    from tests.ground import SEEDED_AT
    from tests.pages.scene import build

    database.empty()
    seed_defaults(at=SEEDED_AT)
    return build()


@pytest.fixture
def sign_in(scene: Scene) -> SignIn:
    """``sign_in("maud")``: a client that already did; what a view raises becomes a page, as it does in life."""
    from django.test import Client

    from strapontin.access.models import Account

    def signed_in(key: str) -> Client:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        client.force_login(Account.objects.get(email=scene.logins[key]))
        return client

    return signed_in
