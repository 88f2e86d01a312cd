"""Adding a user, seen before it is tried: what is free, what it costs, and not to be asked again (SPEC 5, DESIGN)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from strapontin.access import grants
from strapontin.access.scope import acting
from strapontin.allocations.queries import ledger
from strapontin.demo.furnishing import Furnisher
from tests.pages.scene import Scene
from tests.pages.test_decisions import figures, read, typed, users_url
from tests.pages.test_door import field

if TYPE_CHECKING:
    from tests.pages.conftest import Enter, SignIn

FRENCH = {
    "region": "Effet de ce choix",
    "site": "Site",
    "type": "Type de souscription",
    "cr": "Relation client",
    "voice": "Voix",
    "first_name": "Prénom",
    "email": "Adresse e-mail",
    "missing": "Il manque 1 siège Relation client à Grenoble, siège",
    "allocate": re.compile(r"Allouer 1 siège et créer l’utilisateur, 197,16.€ HT"),
    "free": re.compile(r"sièges? Voix libres? à Échirolles, imagerie"),
    "create": "Créer l’utilisateur",
    "created": "est créé",
    "choice": "Grenoble, siège 0 libre",
}
ENGLISH = {
    "region": "What this does",
    "site": "Site",
    "type": "Subscription type",
    "cr": "Customer Relationship",
    "voice": "Voice",
    "first_name": "First name",
    "email": "E-mail address",
    "missing": "1 Customer Relationship seat is missing in Grenoble, siège",
    "allocate": re.compile(r"Allocate 1 seat and create the user, €197\.16 excl\. VAT"),
    "free": re.compile(r"Voice seats? free in Échirolles, imagerie"),
    "create": "Create the user",
    "created": "is created",
    "choice": "Grenoble, siège 0 free",
}


@pytest.fixture
def shop(scene: Scene, request: pytest.FixtureRequest) -> str:
    """A site of the garage whose three Voice seats are used."""
    key = f"shop{abs(hash(request.node.name))}"
    scene.site("garage", key, f"Boutique {key[-6:]}")
    scene.allocate("garage", key, scene.settings().now(), voice=3)
    scene.fill("garage", key, scene.settings().now(), voice=3)
    return key


def radio(page: Page, group: str, name: str) -> Locator:
    """A choice of a group."""
    return page.get_by_role("radiogroup", name=group, exact=True).get_by_role("radio", name=re.compile(f"^{name}"))


def choose(page: Page, group: str, name: str) -> None:
    """Chooses by the mouse, and waits for what that does, unless it is chosen already."""
    choice = radio(page, group, name)
    if not choice.is_checked():
        with page.expect_response(re.compile(r"/decision/$")):
            choice.check()


def open_form(page: Page, scene: Scene, customer: str = "clinic") -> None:
    """The form of a new user."""
    page.goto(f"{users_url(scene, customer)}new/")


@pytest.fixture(params=["fr", "en"])
def words(request: pytest.FixtureRequest, sign_in: SignIn) -> Iterator[dict[str, Any]]:
    """What Maud reads, in each language."""
    sign_in("maud").post("/language/", {"language": request.param})
    yield FRENCH if request.param == "fr" else ENGLISH
    sign_in("maud").post("/language/", {"language": "fr"})


def test_the_panel_follows_the_choice(scene: Scene, sign_in: SignIn, enter: Enter, words: dict[str, Any]) -> None:
    client = sign_in("maud")
    page = enter("maud", viewport={"width": 1440, "height": 900})
    open_form(page, scene)
    panel = page.get_by_role("region", name=words["region"])
    choose(page, words["site"], "Échirolles")
    expect(panel).to_contain_text(words["free"])
    expect(panel.get_by_role("button", name=words["create"])).to_be_visible()
    page.get_by_label(words["first_name"]).fill("Dominique")
    choose(page, words["site"], "Grenoble, siège")
    choose(page, words["type"], words["cr"])
    expect(panel).to_contain_text(words["missing"])
    expect(panel.get_by_role("button", name=words["allocate"])).to_be_visible()
    # The figures beside the sites are those of the chosen type; the focus stays where one chooses.
    expect(page.get_by_role("radio", name=words["choice"])).to_be_checked()
    expect(radio(page, words["type"], words["cr"])).to_be_focused()
    expect(page.get_by_label(words["first_name"])).to_have_value("Dominique")
    panel.get_by_role("button", name=words["allocate"]).click()
    expect(page.locator("#notes")).to_contain_text(words["created"])
    user = client.get(f"{users_url(scene, 'clinic')}?q=dominique").content.decode()
    client.post(f"{users_url(scene, 'clinic')}{re.findall(r'/users/([0-9a-f-]{36})/', user)[0]}/remove/")
    scene.allocate("clinic", "grenoble", scene.settings().now(), cr=3)


def test_a_seat_is_moved_here_by_keyboard_alone(scene: Scene, enter: Enter, shop: str) -> None:
    scene.site("garage", f"{shop}b", f"Réserve {shop[-6:]}")
    scene.allocate("garage", f"{shop}b", scene.settings().now(), voice=2)
    page = enter("maud")
    page.goto(f"{users_url(scene, 'garage')}new/?site={scene.sites[shop]}")
    panel = page.get_by_role("region", name="Effet de ce choix")
    expect(
        panel.get_by_role("button", name=re.compile(r"^Allouer 1 siège et créer l’utilisateur, .*HT"))
    ).to_be_visible()
    page.get_by_label("Prénom").focus()
    page.keyboard.type("Claude")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name=re.compile("Allouer 1 siège de plus"))).to_be_focused()
    with page.expect_response(re.compile(r"/decision/$")):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("Déplacer 1 siège"))).to_be_focused()
    expect(panel).to_contain_text("La facture ne change pas.")
    page.keyboard.press("Tab")
    button = panel.get_by_role("button", name="Déplacer 1 siège et créer l’utilisateur")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#notes")).to_contain_text("L’utilisateur Claude est créé")
    expect(page.locator("#notes")).to_contain_text("gratuitement")
    assert figures(scene, "garage", shop, "voice").allocated == 4


def test_enter_in_a_field_spends_nothing(scene: Scene, enter: Enter, shop: str) -> None:
    page = enter("maud")
    page.goto(f"{users_url(scene, 'garage')}new/?site={scene.sites[shop]}")
    page.get_by_label("Prénom").fill("Claude")
    with page.expect_navigation():
        page.get_by_label("Prénom").press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Il manque 1 siège Voix"))).to_be_focused()
    expect(page.get_by_label("Prénom")).to_have_value("Claude")
    assert figures(scene, "garage", shop, "voice").used == 3


def test_on_a_phone_nothing_sticks_out(scene: Scene, enter: Enter, shop: str) -> None:
    page = enter("maud", viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"{users_url(scene, 'garage')}new/?site={scene.sites[shop]}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Prénom").fill("Camille")
    with page.expect_response(re.compile(r"/decision/$")):
        page.locator("label.option", has_text="Communication unifiée").tap()
    expect(page.get_by_role("heading", name=re.compile("Il manque 1 siège Communication unifiée"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=re.compile("Allouer 1 siège et créer")).click()
    expect(page.locator("#notes")).to_contain_text("L’utilisateur Camille est créé")


def test_without_script_a_button_shows_what_the_choice_does(scene: Scene, enter: Enter, shop: str) -> None:
    scene.site("garage", f"{shop}b", f"Réserve {shop[-6:]}")
    scene.allocate("garage", f"{shop}b", scene.settings().now(), voice=2)
    page = enter("maud", java_script_enabled=False)
    page.goto(f"{users_url(scene, 'garage')}new/?site={scene.sites[f'{shop}b']}")
    page.get_by_label("Prénom").fill("Claude")
    radio(page, "Site", f"Boutique {shop[-6:]}").check()
    page.get_by_role("button", name="Voir l’effet").click()
    expect(page.get_by_role("heading", name=re.compile("Il manque 1 siège Voix"))).to_be_visible()
    expect(page.get_by_label("Prénom")).to_have_value("Claude")
    # Another way than the button still says is shown first.
    page.get_by_role("radio", name=re.compile("Déplacer 1 siège")).check()
    page.get_by_role("button", name=re.compile("Allouer 1 siège et créer")).click()
    expect(page.get_by_text("Rien n’est encore enregistré.")).to_be_visible()
    page.get_by_role("button", name="Déplacer 1 siège et créer l’utilisateur").click()
    expect(page.locator("#notes")).to_contain_text("L’utilisateur Claude est créé")


def test_back_finds_what_was_typed(scene: Scene, enter: Enter) -> None:
    page = enter("maud")
    open_form(page, scene)
    choose(page, "Site", "Meylan")
    choose(page, "Type de souscription", "Communication")
    page.get_by_label("Prénom").fill("Anaïs")
    page.get_by_label("Adresse e-mail").fill("anais@example.org")
    page.get_by_role("link", name="Souscriptions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Souscriptions")
    page.go_back()
    expect(page.get_by_label("Prénom")).to_have_value("Anaïs")
    expect(page.get_by_label("Adresse e-mail")).to_have_value("anais@example.org")
    expect(radio(page, "Site", "Meylan")).to_be_checked()
    expect(radio(page, "Type de souscription", "Communication")).to_be_checked()
    # Opened anew, the form is empty.
    open_form(page, scene)
    expect(page.get_by_label("Prénom")).to_have_value("")


def test_a_long_list_of_sites_is_searched(scene: Scene, enter: Enter) -> None:
    furnisher = Furnisher()
    for number in range(12):
        furnisher.make_site(scene.customers["inn"], f"Chalet {number:02d}")
    page = enter("maud")
    open_form(page, scene, "inn")
    sites = page.locator("#site-options").get_by_role("radio")
    expect(sites).to_have_count(8)
    with page.expect_response(re.compile(r"/decision/$")):
        page.get_by_role("searchbox", name="Chercher un site").press_sequentially("chalet 11")
    expect(page.get_by_role("radio", name="Chalet 11")).to_be_visible()
    choose(page, "Site", "Chalet 11")
    expect(page.get_by_role("heading", name=re.compile("Il manque 1 siège Voix à Chalet 11"))).to_be_visible()


def test_the_email_is_asked_for_where_the_site_has_a_stack(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, url = sign_in("maud"), f"{users_url(scene, 'garage')}new/?site={scene.sites[shop]}"
    before = read(client.get(url))
    assert "Adresse e-mail (facultatif)" in before and "Demandée par" not in before
    scene.attach("garage", shop, Furnisher().make_stack("Isère-9"))
    after = read(client.get(url))
    assert "Adresse e-mail (facultatif)" not in after
    assert "Demandée par Isère-9, où l’utilisateur sera aussi créé." in after
    scene.allocate("garage", shop, scene.settings().now(), voice=4)
    refused = client.post(url, typed(scene, shop))
    assert refused.status_code == 422 and "adresse e-mail" in read(refused)


def test_no_seat_is_needed_by_who_is_not_for_resale(scene: Scene, sign_in: SignIn) -> None:
    scene.customer("house", "La Maison", "opaline", not_for_resale=True)
    scene.site("house", "house", "Bureau")
    page = read(sign_in("maud").get(f"{users_url(scene, 'house')}new/"))
    assert "aucun siège libre n’est nécessaire" in page and "Il manque" not in page


def test_a_customer_without_a_site(scene: Scene, sign_in: SignIn) -> None:
    scene.customer("bare", "Sans Site", "opaline")
    client, url = sign_in("maud"), f"{users_url(scene, 'bare')}new/"
    assert "pas encore de site" in read(client.get(url))
    assert client.post(url, {"first_name": "Ada", "action": "create"}).status_code == 200
    assert client.post(f"{url}decision/", {}).status_code == 200


def reasons(scene: Scene, customer: str) -> list[str]:
    """The reasons in the ledger of a customer, the newest first."""
    with acting(scene.actor):
        return [row.reason for row in ledger(grants.allocation_manager(scene.actor, scene.customers[customer]))]


def test_not_to_be_asked_again(scene: Scene, enter: Enter, shop: str) -> None:
    """Chosen at the decision, acting at the next one, seen in the history, and ended in one's account."""
    page = enter("maud")
    url = f"{users_url(scene, 'garage')}new/?site={scene.sites[shop]}"
    page.goto(url)
    page.get_by_label("Prénom").fill("Une")
    panel = page.get_by_role("region", name="Effet de ce choix")
    expect(panel).to_contain_text("Comme l’illimité, mais sous contrôle")
    panel.get_by_label("Ne plus me demander pour ce client").check()
    panel.get_by_label("jusqu’à").fill("1")
    panel.get_by_role("button", name=re.compile("Allouer 1 siège et créer")).click()
    expect(page.locator("#notes")).to_contain_text("Votre accord n’est plus demandé pour ce client")
    page.goto(url)
    expect(panel).to_contain_text("Le siège est alloué automatiquement")
    expect(panel).to_contain_text("0 sur 1 siège")
    page.get_by_label("Prénom").fill("Deux")
    panel.get_by_role("button", name="Créer l’utilisateur", exact=True).click()
    expect(page.locator("#notes")).to_contain_text("1 siège Voix a été alloué")
    expect(page.locator("#notes")).to_contain_text("Vous avez choisi « Ne plus me demander »")
    assert reasons(scene, "garage")[:2] == ["Automatic allocation", ""]
    page.goto(f"/customers/{scene.customers['garage']}/history/")
    expect(page.get_by_role("table")).to_contain_text("Allocation automatique")
    # The ceiling is reached: one is asked again.
    page.goto(url)
    expect(panel).to_contain_text("Au-delà de votre plafond")
    expect(panel.get_by_role("button", name=re.compile("Allouer 1 siège et créer"))).to_be_visible()
    page.get_by_role("link", name="Modifier ce choix").click()
    region = page.get_by_role("region", name="Allocation automatique")
    region.get_by_label("Sièges par mois, au plus").fill("0")
    region.get_by_role("button", name="Modifier Garage Cornemuse").click()
    expect(page.locator("#notes")).to_contain_text("1 au moins")
    region.get_by_label("Sièges par mois, au plus").fill("7")
    region.get_by_role("button", name="Modifier Garage Cornemuse").click()
    expect(page.locator("#notes")).to_contain_text("jusqu’à 7 sièges par mois")
    region.get_by_role("button", name="Arrêter Garage Cornemuse").click()
    expect(page.locator("#notes")).to_contain_text("votre accord sera de nouveau demandé")
    expect(region).to_have_count(0)


def test_a_ceiling_that_is_no_number_is_said_and_nothing_is_done(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, url = sign_in("provider"), f"{users_url(scene, 'garage')}new/"
    page = client.get(f"{url}?site={scene.sites[shop]}").content.decode()
    form = typed(scene, shop, action="allocate", digest=field(page, "digest"), automatic="yes")
    for wrong in ("", "0", "-3", "beaucoup", "1.5", "99999999"):
        refused = client.post(url, form | {"seats_per_month": wrong})
        assert refused.status_code == 422 and "1 au moins" in read(refused)
    assert figures(scene, "garage", shop, "voice").used == 3
    assert client.post(url, form | {"seats_per_month": "3"}).status_code == 302


def test_changed_meanwhile_keeps_what_was_typed_and_shows_the_new_effect(
    scene: Scene, sign_in: SignIn, shop: str
) -> None:
    client, url = sign_in("maud"), f"{users_url(scene, 'garage')}new/"
    page = client.get(f"{url}?site={scene.sites[shop]}").content.decode()
    digest = field(page, "digest")
    scene.allocate("garage", "workshop", scene.settings().now(), voice=9)
    form = typed(scene, shop, action="allocate", digest=digest, first_name="Zoé", way="allocate")
    refused = client.post(url, form)
    assert refused.status_code == 409
    shown = refused.content.decode()
    assert "Les chiffres ont changé" in read(refused) and 'value="Zoé"' in shown
    assert client.post(url, form | {"digest": field(shown, "digest")}).status_code == 302


def test_without_the_role_there_is_no_automatic_allocation(scene: Scene, sign_in: SignIn) -> None:
    shown = sign_in("theo").get(f"{users_url(scene, 'clinic')}new/?site={scene.sites['grenoble']}&type=cr")
    assert 'name="automatic"' not in shown.content.decode()
    assert "€" not in shown.content.decode()
