"""What people do to any page: go back, keep a second tab, sign in again, press Stop, export what they see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.pages.scene import Scene
from tests.pages.test_stories import CLINIC, change, open_clinic, type_seats

if TYPE_CHECKING:
    from tests.pages.conftest import Enter, SignIn
    from tests.servers import Database

LIST = "/subscriptions/customers/"
SITE = "Meylan, administration"


def search(page: Page, text: str) -> None:
    """Types into the search of a list and waits for what is found."""
    with page.expect_response(re.compile(r"[?&]q=")):
        page.get_by_role("searchbox").fill(text)


def sign_in_again(page: Page, person: str, scene: Scene) -> None:
    """Signs out and in by the forms, in another tab of the same browser; the CSRF token changes with it."""
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Se déconnecter").click()
    other.get_by_label("Adresse e-mail").fill(scene.logins[person])
    other.get_by_label("Mot de passe", exact=True).fill("quatre-sieges-libres")
    other.get_by_role("button", name="Se connecter", exact=True).click()
    expect(other.get_by_role("button", name="Se déconnecter")).to_be_visible()
    other.close()


def test_back_brings_the_page_and_never_a_fragment_of_it(scene: Scene, enter: Enter) -> None:
    page = enter("maud")
    page.goto(f"/customers/{scene.customers['clinic']}/sites/{scene.sites['meylan']}/")
    page.get_by_role("link", name=CLINIC).click()
    change(page, SITE)
    page.keyboard.press("Escape")
    page.go_back()
    expect(page).to_have_title(re.compile("Meylan"))
    expect(page.get_by_role("navigation", name="Menu principal")).to_be_visible()


def test_back_from_a_search(enter: Enter) -> None:
    page = enter("maud")
    page.goto(LIST)
    search(page, "Trois")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\s*1 client\b"))
    page.get_by_role("link", name=CLINIC).click()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("Trois")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\s*1 client\b"))
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.get_by_role("link", name="Boulangeries Tournesol")).to_be_visible()
    expect(page.get_by_role("navigation", name="Menu principal")).to_be_visible()


def test_an_answer_to_htmx_is_kept_by_nobody(sign_in: SignIn) -> None:
    client = sign_in("maud")
    whole, part = client.get(LIST), client.get(LIST, headers={"hx-request": "true"})
    for answer in (whole, part):
        assert {"HX-Request", "HX-Target"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_one_sees_is_what_one_exports(enter: Enter) -> None:
    page = enter("maud")
    page.goto(LIST)
    search(page, "Trois")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\s*1 client\b"))
    with page.expect_download() as file:
        page.get_by_role("link", name="Export : CSV").click()
    lines = file.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2 and CLINIC in lines[1]


def test_the_other_language_keeps_the_filter(enter: Enter) -> None:
    page = enter("provider")
    page.goto(LIST)
    search(page, "Trois")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(re.compile(r"\?q=Trois$"))
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\s*1 customer\b"))
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\s*1 client\b"))


def test_searching_keeps_the_order(enter: Enter) -> None:
    page = enter("maud")
    page.goto(LIST)
    head = page.get_by_role("columnheader", name="Client", exact=True)
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    search(page, "e")
    expect(page).to_have_url(re.compile(r"sort=-name"))
    expect(head).to_have_attribute("aria-sort", "descending")
    page.reload()
    search(page, "o")
    expect(head).to_have_attribute("aria-sort", "descending")


def test_every_filter_is_applied_when_it_is_chosen(enter: Enter) -> None:
    page = enter("maud")
    page.goto(LIST)
    for name, choice, query in (("Engagement", "12 mois", "term=12"), ("Statut", "Actif", "status=active")):
        page.get_by_role("combobox", name=name, exact=True).select_option(label=choice)
        expect(page).to_have_url(re.compile(query))


def test_a_cleared_search_is_cleared_in_its_field_too(enter: Enter) -> None:
    page = enter("maud")
    page.goto(f"{LIST}?q=nulle-part")
    page.get_by_role("link", name="Effacer la recherche").click()
    expect(page.get_by_role("link", name=CLINIC)).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_signing_in_again_elsewhere_leaves_the_old_tab_in_use(scene: Scene, enter: Enter) -> None:
    page = enter("maud")
    open_clinic(page)
    change(page, SITE)
    sign_in_again(page, "maud", scene)
    type_seats(page, "Voix", 12)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#say")).to_contain_text("1 changement")
    dialog.get_by_role("button", name=re.compile("^(Allouer|Confirmer)")).click()
    expect(page.locator("#notes")).to_contain_text("1 changement enregistré")


def test_nobody_acts_on_a_page_that_another_one_opened(scene: Scene, enter: Enter) -> None:
    page = enter("maud")
    open_clinic(page)
    change(page, SITE)
    type_seats(page, "Voix", 14)
    sign_in_again(page, "solene", scene)
    dialog = page.get_by_role("dialog")
    with page.expect_response(re.compile(r"/effect/$")) as answer:
        page.get_by_role("spinbutton", name="Voix, sièges alloués").fill("15")
    assert answer.value.status == 403
    expect(dialog.get_by_role("alert")).to_contain_text("Charger la page de nouveau")
    expect(dialog.get_by_role("alert")).not_to_contain_text("pas répondu")
    dialog.get_by_role("button", name=re.compile("^(Allouer|Confirmer)")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce formulaire est trop ancien")


def test_a_tab_signed_out_elsewhere_leads_to_the_sign_in_and_back(scene: Scene, enter: Enter) -> None:
    page = enter("maud")
    open_clinic(page)
    where = page.url
    change(page, SITE)
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Se déconnecter").click()
    other.close()
    page.get_by_role("spinbutton", name="Voix, sièges alloués").fill("15")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.get_by_label("Adresse e-mail").fill(scene.logins["maud"])
    page.get_by_label("Mot de passe", exact=True).fill("quatre-sieges-libres")
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page).to_have_url(where)


def test_what_changed_meanwhile_is_not_called_silence(scene: Scene, enter: Enter, database: Database) -> None:
    """A page whose site is gone: trying again can never work, loading it again says what is."""
    page = enter("maud")
    scene.site("garage", "passing", "Annexe de passage")
    page.goto(f"/customers/{scene.customers['garage']}/sites/{scene.sites['passing']}/")
    with database.superuser() as connection:
        connection.execute("DELETE FROM site WHERE id = %s", [scene.sites["passing"]])
    with page.expect_response(re.compile(r"/effect/$")) as answer:
        page.get_by_role("spinbutton", name="Voix, sièges alloués").fill("3")
    assert answer.value.status == 404
    page.get_by_role("alert").get_by_role("link", name="Charger la page de nouveau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’existe pas")


def test_a_submit_that_was_stopped_can_be_sent_again(scene: Scene, enter: Enter, database: Database) -> None:
    page = enter("maud")
    open_clinic(page)
    change(page, SITE)
    type_seats(page, "Voix", 13)
    confirm = page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Allouer|Confirmer)"))
    with database.superuser() as connection, connection.transaction():
        # Nobody gets past this until the transaction ends: the server is slow for real.
        connection.execute("LOCK TABLE balance IN ACCESS EXCLUSIVE MODE")
        page.evaluate("setTimeout(() => stop(), 1000)")
        confirm.click(no_wait_after=True)
        expect(confirm).to_have_attribute("aria-disabled", "true")
    expect(confirm).not_to_have_attribute("aria-disabled", "true", timeout=10_000)
    confirm.click()
    expect(page.locator("#notes")).to_contain_text("1 changement enregistré")
    expect(page.get_by_role("row", name=re.compile("Meylan")).first).to_contain_text("13")
