"""The suite's ground: a real server, a migrated database, the product's own web server and a real browser.

pytest-django is not used: tests commit, open several connections and change roles, as the product does.

``STRAPONTIN_TEST_SERVER`` chooses the server: ``embedded`` (default), ``debian15``, or ``none`` for tests
that need no database. ``STRAPONTIN_TEST_FRESH=1`` migrates the database anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.processes import LiveServer, find_chromium
from tests.servers import SECRET_KEY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.servers import Database

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "strapontin.config.settings",
    "STRAPONTIN_TESTING": "1",
    "STRAPONTIN_SECRET_KEY": SECRET_KEY,
    "SANDBOX": "1",
    # No worker runs beside most tests: nobody would answer.
    "STACK_WAIT": "0",
    # Where the simulated stacks of the tests are.
    "STACK_NETWORKS": "127.0.0.1",
    # Playwright keeps an event loop in the main thread; our tests use the database there all the same.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}

# Long before anything that a story tells.
SEEDED_AT = datetime(2020, 1, 1, tzinfo=UTC)

_database: Database | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Take a database before any test module is imported, since the settings need its URL."""
    global _database
    config.addinivalue_line("markers", "database: uses the database; runs on both servers")
    config.addinivalue_line("markers", "browser: drives a browser")
    config.addinivalue_line("markers", "scale: fills a large database; runs on the embedded server alone")
    hands_out_to_workers = not hasattr(config, "workerinput") and getattr(config.option, "numprocesses", None)
    os.environ.update(ENVIRONMENT)
    kind = os.environ.get("STRAPONTIN_TEST_SERVER", "embedded")
    if hands_out_to_workers or kind == "none":
        return
    import django

    from tests.servers import take_database

    _database = take_database(kind)
    os.environ["DATABASE_URL"] = _database.login("jobs").own_url
    os.environ["DATABASE_OWNER_URL"] = _database.url
    try:
        django.setup()
    except BaseException:
        _database.release()
        raise


def pytest_unconfigure() -> None:
    """Give the database back; the last process to do so stops the server."""
    global _database
    if _database is not None:
        from django.db import connections

        for connection in connections.all(initialized_only=True):
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()
        _database.release()
        _database = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the database and the browser, so that a run may choose by ``-m``."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "database" in names:
            item.add_marker("database")
        if "browser" in names:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def database() -> Database:
    """This process's migrated database, with whatever earlier tests left in it."""
    if _database is None:
        pytest.skip("STRAPONTIN_TEST_SERVER=none")
    _database.migrate()
    return _database


@pytest.fixture
def db(database: Database) -> Database:
    """A database with nothing but the product's defaults."""
    begin_anew(database)
    return database


def begin_anew(database: Database) -> None:
    """Leaves nothing in the database but the product's defaults: types, a price list, settings."""
    from strapontin.provider.defaults import seed_defaults

    database.empty()
    seed_defaults(at=SEEDED_AT)


@pytest.fixture(scope="session")
def live_server(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The product behind its real web server, on a free port of the loopback address."""
    with LiveServer(tmp_path_factory.mktemp("live"), database.login("web").own_url) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, without a window."""
    chromium = find_chromium()
    if chromium is None:
        reason = "NO BROWSER: install Debian's package chromium to run the page tests"
        if os.environ.get("STRAPONTIN_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-gpu",
        "--no-first-run",
    ]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium), args=flags)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh page in French, not signed in; relative addresses lead to the live server."""
    context = browser.new_context(base_url=live_server.url, locale="fr-FR")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
