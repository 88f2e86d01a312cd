"""The scene, once for each module of page tests, and clients that are signed in."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.ground import begin_anew

# This file is read before Django is set up (tests/ground.py): what needs models is imported by the fixtures.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client
    from playwright.sync_api import Browser, Page

    from tests.pages.scene import Scene
    from tests.processes import LiveServer
    from tests.servers import Database

    SignIn = Callable[[str], Client]
    Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def scene(database: Database) -> Scene:
    """A database with the scene in it, for all tests of a module."""
    from tests.pages.scene import build

    begin_anew(database)
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


@pytest.fixture
def enter(sign_in: SignIn, browser: Browser, live_server: LiveServer) -> Iterator[Enter]:
    """``enter("maud")``: a page of a browser of her own, signed in, at the start."""
    contexts = []

    def entered(key: str, **more: Any) -> Page:
        options: dict[str, Any] = {"locale": "fr-FR", "reduced_motion": "reduce", **more}
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        session = sign_in(key).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto("/")
        return page

    yield entered
    for context in contexts:
        context.close()


@pytest.fixture
def worker(database: Database, tmp_path: Path) -> Iterator[None]:
    """The product's worker, as a process of its own."""
    environment = os.environ | {
        "DATABASE_URL": database.login("jobs").own_url,
        "DATABASE_OWNER_URL": "",
        "STRAPONTIN_HOME": str(tmp_path),
    }
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", "strapontin.cli.main", "worker"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    yield
    process.terminate()
    process.wait(timeout=15)
