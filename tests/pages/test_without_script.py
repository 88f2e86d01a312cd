"""Without script, by keyboard, in the other language: the same pages do the same (DESIGN)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.pages.scene import Scene

if TYPE_CHECKING:
    from tests.pages.conftest import Enter


def test_an_allocation_without_script(scene: Scene, enter: Enter) -> None:
    page = enter("maud", java_script_enabled=False)
    page.goto(f"/customers/{scene.customers['clinic']}/")
    page.get_by_role("link", name="Modifier l’allocation : Grenoble, siège").click()
    # What only works with script is not shown.
    expect(page.locator("[data-step]:visible")).to_have_count(0)
    page.get_by_role("spinbutton", name="Voix, sièges alloués").fill("15")
    page.get_by_role("button", name="Voir l’effet").click()
    expect(page.locator("#effect")).to_contain_text("46,94 €")
    page.get_by_role("button", name=re.compile("^Allouer")).click()
    expect(page.locator("#notes")).to_contain_text("enregistré")


def test_nothing_is_saved_unseen(scene: Scene, enter: Enter) -> None:
    """Confirmed before its effect was shown, a change is shown first."""
    page = enter("maud", java_script_enabled=False)
    page.goto(f"/customers/{scene.customers['clinic']}/sites/{scene.sites['grenoble']}/")
    page.get_by_role("spinbutton", name="Voix, sièges alloués").fill("17")
    # It says that nothing has changed; without script it can be pressed all the same.
    page.get_by_role("button", name="Confirmer").click(force=True)
    expect(page.get_by_text("Voici l’effet de vos saisies.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Allouer")).click()
    expect(page.locator("#notes")).to_contain_text("enregistré")


def test_the_list_without_script(enter: Enter) -> None:
    page = enter("maud", java_script_enabled=False)
    page.goto("/subscriptions/customers/")
    page.get_by_role("searchbox").fill("tournesol")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("row", name=re.compile("Tournesol"))).to_have_count(1)
    expect(page.get_by_text("1 client").first).to_be_visible()


def test_by_keyboard(scene: Scene, enter: Enter) -> None:
    page = enter("maud")
    page.goto(f"/customers/{scene.customers['clinic']}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    link = page.get_by_role("link", name="Modifier l’allocation : Grenoble, siège")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Voix, sièges alloués")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_language_stays_with_the_administrator(scene: Scene, enter: Enter) -> None:
    page = enter("maud")
    page.goto("/subscriptions/customers/?term=12")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(re.compile(r"\?term=12$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Subscriptions")
    again = enter("maud")
    expect(again.locator("html")).to_have_attribute("lang", "en")
    again.get_by_role("button", name="Français").click()
    expect(again.get_by_role("heading", level=1)).to_have_text("Souscriptions")
