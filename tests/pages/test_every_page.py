"""What must hold on every page: accessible in both themes, no sideways scrolling, one language, no complaint."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from strapontin.web.translations import entries, read_catalogue, texts
from tests.pages.scene import Scene
from tests.pages.tour import Stop, places, stops

if TYPE_CHECKING:
    from tests.pages.conftest import Enter

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const inside = walker.currentNode.parentElement.closest('template, script, style, [lang]');
    const own = document.documentElement;
    if (inside && inside !== own) continue;
    const text = walker.currentNode.textContent.replace(/\\s+/g, ' ').trim();
    if (text) found.push(text);
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [data-label]'))
    if (!element.closest('template'))
      for (const name of ['aria-label', 'placeholder', 'data-label'])
        if (element.hasAttribute(name)) found.push(element.getAttribute(name));
  return found; }"""
TOO_WIDE = """() => { const w = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= w) return '';
  return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > w + 1)
    .slice(0, 4).map(e => e.tagName + '.' + e.className).join(' ') || 'something'; }"""
SAME_IN_BOTH = {"Site", "Sites", "Type", "Total", "Stacks", "Code", "–"}


def every_stop() -> list[str]:
    """Their names alone: addresses are known only once the scene stands."""
    from uuid import UUID

    from tests.pages.tour import Places

    nowhere = UUID(int=0)
    return [stop.name for stop in stops(Places(*[nowhere for _ in fields(Places)]))]


def sentences() -> tuple[set[str], set[str]]:
    """Texts without a variable that are only English, and only French."""
    english, french = set(), set()
    for entry in entries(read_catalogue()):
        for source, translated in zip(texts(entry.id), texts(entry.string), strict=True):
            if "%(" not in source and source != translated:
                english.add(source)
                french.add(translated)
    return english - french - SAME_IN_BOTH, french - english - SAME_IN_BOTH


@pytest.fixture
def stop(request: pytest.FixtureRequest, scene: Scene) -> Stop:
    """The stop called by the parameter."""
    return next(each for each in stops(places()) if each.name == request.param)


def faults(page: Page, theme: str) -> list[str]:
    """What axe finds, by rule and place; another theme changes nothing but colours."""
    only = RULES if theme == "light" else ["color-contrast"]
    found = Axe().run(page, options={"runOnly": only}).response["violations"]
    return [f"{v['id']}: {v['help']} {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found]


@pytest.mark.parametrize("stop", every_stop(), indirect=True)
def test_page(stop: Stop, enter: Enter) -> None:
    page = enter(stop.person, viewport={"width": 1440, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type in ("error", "warning") and "status of 40" not in said.text
            else None
        ),
    )
    wrong: list[str] = []
    for theme in ("light", "dark"):
        page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
        page.goto(stop.path)
        wrong += [f"{theme}: {fault}" for fault in faults(page, theme)]
    english, french = sentences()
    wrong += [f"not French: {text}" for text in page.evaluate(TEXTS) if text in english]
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if wide := page.evaluate(TOO_WIDE):
            wrong.append(f"wider than {width}: {wide}")
    with page.expect_navigation():
        page.locator("form[action='/language/'] button[value=en]").click()
    wrong += [f"not English: {text}" for text in page.evaluate(TEXTS) if text in french]
    with page.expect_navigation():
        page.locator("form[action='/language/'] button[value=fr]").click()
    assert wrong + complaints == []
