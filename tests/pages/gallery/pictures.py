"""Takes pictures of every page of the gallery: ``python -m tests.pages.gallery.pictures DIRECTORY``.

It also says what is wrong with a page; without a DIRECTORY, only that. Looked at: sideways scrolling from 320
pixels, accessibility (axe), and complaints of the browser, among them breaches of the Content-Security-Policy.
Option: ``--only NAME`` (repeatable).
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from tests.pages.gallery.contexts import PAGES
from tests.pages.gallery.serving import serve_gallery

FRAGMENTS = {"allocation_sheet", "allocation_preview", "sync_update"}
SIGNED_OUT = {
    "login": "/accounts/login/",
    "password_reset": "/accounts/password/reset/",
    "password_reset_done": "/accounts/password/reset/done/",
}
# width, height, theme, language
LOOKS = [(1440, 900, "light", "fr"), (1440, 900, "dark", "en"), (390, 844, "light", "fr"), (360, 740, "dark", "en")]


def addresses() -> dict[str, str]:
    """Every page by name."""
    return {name: f"/pages/{name}/" for name in PAGES if name not in FRAGMENTS} | SIGNED_OUT


def open_page(browser: Browser, url: str, look: tuple[int, int, str, str], said: list[str]) -> Page:
    """A page in one look; what the browser complains of is added to ``said``."""
    width, height, theme, language = look
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    base = url.split("/pages")[0].split("/accounts")[0]
    context.add_cookies(
        [
            {"name": "theme", "value": theme, "url": base},
            {"name": "django_language", "value": language, "url": base},
        ]
    )
    page = context.new_page()
    page.on("console", lambda m: said.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: said.append(f"script: {e}"))
    page.goto(url)
    return page


def too_wide(page: Page) -> str:
    """What sticks out to the side of the page, if anything does."""
    return str(
        page.evaluate(
            """() => { const w = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= w) return '';
            return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > w + 1)
              .slice(0, 4).map(e => e.tagName + '.' + e.className).join(' ') || 'something'; }"""
        )
    )


def faults(page: Page) -> Iterator[str]:
    """What axe finds by WCAG 2.2 AA."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    for violation in Axe().run(page, options=options).response["violations"]:
        nodes = [node["html"][:150] for node in violation["nodes"][:3]]
        yield f"axe {violation['id']}: {violation['help']} {nodes}"


def look_at(browser: Browser, base: str, name: str, path: str, directory: Path | None) -> list[str]:
    """One page in every look."""
    said: list[str] = []
    for look in LOOKS:
        width, _, theme, language = look
        page = open_page(browser, base + path, look, said)
        said += [f"{width} {theme}: {fault}" for fault in faults(page)]
        if wide := too_wide(page):
            said.append(f"wider than {width}: {wide}")
        if directory:
            picture = directory / f"{name}-{width}-{theme}-{language}.png"
            page.screenshot(path=str(picture), full_page=True)
        page.context.close()
    page = open_page(browser, base + path, (320, 640, "light", "fr"), said)
    if wide := too_wide(page):
        said.append(f"wider than 320: {wide}")
    page.context.close()
    return [f"{name}: {text}" for text in dict.fromkeys(said)]


def main(arguments: list[str]) -> int:
    """Look at every page; 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path)
    parser.add_argument("--only", action="append")
    chosen = parser.parse_args(arguments)
    if chosen.directory:
        chosen.directory.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    flags = ["--disable-gpu", "--no-sandbox"] if os.geteuid() == 0 else ["--disable-gpu"]
    with serve_gallery() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for name, path in addresses().items():
            if not chosen.only or name in chosen.only:
                wrong += look_at(browser, base, name, path, chosen.directory)
        browser.close()
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
