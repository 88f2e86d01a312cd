"""Pictures of every page of the demo, to look at: ``make screenshots``, or ``python -m tests.screenshots [NAME…]``.

French and English, light and dark, desktop and phone, into ``screenshots/`` (not committed). The demo is built in
a throw-away database on the suite's own server; nothing of an installation is touched.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.ground import ENVIRONMENT, begin_anew
from tests.processes import LiveServer, find_chromium
from tests.servers import REPOSITORY, Database, take_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = REPOSITORY / "screenshots"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LOOKS = [(language, theme, size) for size in SIZES for theme in ("light", "dark") for language in ("fr", "en")]
# Who in the demo plays the people of the tour.
PEOPLE = {
    "provider": "armelle@carillon.example",
    "maud": "maud@opaline.example",
    "solene": "solene@troischenes.example",
    "theo": "theo@troischenes.example",
}


def main(names: list[str]) -> int:
    """Take the pictures; 1 where a page is wider than its screen or the browser complains."""
    chromium = find_chromium()
    if chromium is None:
        print("No browser: apt-get install chromium", file=sys.stderr)
        return 1
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with tempfile.TemporaryDirectory() as directory, demo(Path(directory)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=flags)
        wrong = [fault for look in LOOKS for fault in take(browser, url, look, names)]
        browser.close()
    print(f"{len(list(PICTURES.iterdir()))} pictures in {PICTURES.name}/")
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


@contextmanager
def demo(home: Path) -> Iterator[str]:
    """The address of the portal with the demo behind it."""
    os.environ.update(ENVIRONMENT | {"STRAPONTIN_DEMO_SIGN_INS": "1", "STRAPONTIN_HOME": str(home)})
    database = take_database("embedded")
    os.environ["DATABASE_URL"] = database.url
    import django

    django.setup()
    try:
        print("Building the demo…", flush=True)
        build(database, home)
        with LiveServer(home, database.url) as server:
            yield server.url
    finally:
        from django.db import connection

        connection.close()
        getattr(connection, "close_pool", lambda: None)()
        database.release()


def build(database: Database, home: Path) -> None:
    """An empty database with the product's defaults, then the demo."""
    from strapontin.access.actors import system
    from strapontin.access.scope import acting
    from strapontin.access.standing import actor_by_now
    from strapontin.demo.build import build_demo
    from tests.pages.scene import LIST, QUANTITIES, send_list, send_quantities
    from tests.pages.tour import id_of

    database.migrate()
    begin_anew(database)
    now = datetime.now(UTC)
    build_demo(home=home, at=now)
    with acting(system("cli")):
        clinic = id_of("SELECT id FROM customer WHERE name = 'Clinique des Trois Chênes'")
        solene = id_of("SELECT id FROM administrator WHERE email = %s", [PEOPLE["solene"]])
    send_list(clinic, LIST, at=now)
    sender = actor_by_now("administrator", solene, door="screen")
    assert sender is not None
    send_quantities(sender, QUANTITIES, at=now)


def take(browser: Browser, url: str, look: tuple[str, str, str], names: list[str]) -> list[str]:
    """Every stop of the tour in one look; what is wrong with it."""
    from tests.pages.tour import places, stops

    wrong: list[str] = []
    pages: dict[str, Page] = {}
    for stop in stops(places()):
        if names and stop.name not in names:
            continue
        if stop.person not in pages:
            pages[stop.person] = enter(browser, url, look, PEOPLE[stop.person], wrong)
        wrong += shoot(pages[stop.person], stop.path, f"{stop.name}-{'-'.join(look)}")
    if not names or "sign-in" in names:
        page = open_page(browser, url, look, wrong)
        wrong += shoot(page, "/accounts/login/", f"sign-in-{'-'.join(look)}")
        page.context.close()
    for page in pages.values():
        page.context.close()
    return wrong


def open_page(browser: Browser, url: str, look: tuple[str, str, str], wrong: list[str]) -> Page:
    """A page in one look, not signed in."""
    language, theme, size = look
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, locale=language, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "theme", "value": theme, "url": url}])
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    return page


def enter(browser: Browser, url: str, look: tuple[str, str, str], email: str, wrong: list[str]) -> Page:
    """A page of somebody who has signed in and chosen the language."""
    from strapontin.demo.people import PASSWORD

    page = open_page(browser, url, look, wrong)
    page.goto("/accounts/login/")
    form = page.locator("main form").first
    form.locator("[name=login]").fill(email)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button.primary").click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
    page.goto("/account/")
    page.locator("#id_language").select_option(look[0])
    with page.expect_navigation():
        page.locator("form:has(#id_language) button").click()
    return page


def shoot(page: Page, path: str, name: str) -> list[str]:
    """One picture, of the whole page."""
    page.goto(path)
    page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)
    too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{name}: wider than the screen"] if too_wide else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
