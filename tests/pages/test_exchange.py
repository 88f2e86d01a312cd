"""Exchanges as people meet them: the third tab of a site, its way back, and a user who gets a dearer type (SPEC 4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.pages.scene import Scene
from tests.pages.test_decisions import figures, of_site, read, typed, users_url
from tests.pages.test_door import field

if TYPE_CHECKING:
    from tests.pages.conftest import Enter, SignIn


@pytest.fixture
def shop(scene: Scene, request: pytest.FixtureRequest) -> str:
    """A site of the clinic with four Voice seats, of which three are used, and a name of its own."""
    key = f"shop{abs(hash(request.node.name))}"
    scene.site("clinic", key, f"Antenne {key[-6:]}")
    scene.allocate("clinic", key, scene.settings().now(), voice=4)
    scene.fill("clinic", key, scene.settings().now(), voice=3)
    return key


def address(scene: Scene, shop: str) -> str:
    """Where seats of the site are exchanged."""
    return f"/customers/{scene.customers['clinic']}/sites/{scene.sites[shop]}/exchange/"


def allocated(scene: Scene, shop: str) -> tuple[int, int]:
    """Voice and Unified Communication."""
    voice, uc = (figures(scene, "clinic", shop, code).allocated for code in ("voice", "uc"))
    return voice, uc


def open_tab(page: Page, scene: Scene, shop: str, *, link: str = "Échange") -> None:
    """Opens the dialog of the site, and its third tab."""
    page.goto(f"/customers/{scene.customers['clinic']}/")
    page.get_by_role("row", name=re.compile(f"Antenne {shop[-6:]}")).get_by_role(
        "link", name=re.compile("Modifier|Change")
    ).click()
    page.get_by_role("dialog").get_by_role("link", name=link).click()
    expect(page.get_by_role("heading", name=re.compile("Échanger des sièges|Exchange seats"))).to_be_visible()


def test_exchanged_by_mouse_and_undone(scene: Scene, enter: Enter, shop: str) -> None:
    page = enter("maud")
    open_tab(page, scene, shop)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#effect")).to_contain_text("+1 siège Communication unifiée")
    expect(dialog).to_contain_text("jusqu’au 24 juil. 2023 inclus")
    expect(dialog).to_contain_text("La baisse prendrait effet le 1er janv. 2024")
    dialog.get_by_role("button", name=re.compile(r"^Échanger 1 siège,\s+[0-9,]+\s€\sHT$")).click()
    expect(page.locator("#notes")).to_contain_text("1 siège Voix échangé contre un siège Communication unifiée")
    expect(page.locator("#notes")).to_contain_text("Vous pouvez annuler cet échange jusqu’au 24 juil. 2023 inclus")
    assert allocated(scene, shop) == (3, 1)
    history = page.get_by_role("region", name="Historique").get_by_role("row").nth(1)
    expect(history).to_contain_text("Voix → Com. unifiée")
    page.get_by_role("link", name=re.compile(f"Annuler.*Antenne {shop[-6:]}")).click()
    expect(page.get_by_role("heading", name=re.compile("Annuler un échange"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^Annuler l’échange de 1 siège")).click()
    expect(page.locator("#notes")).to_contain_text("L’échange est annulé")
    expect(page.get_by_role("region", name="Historique").get_by_role("row").nth(1)).to_contain_text("Échange annulé")
    assert allocated(scene, shop) == (4, 0)


def test_the_other_type_follows_the_choice(scene: Scene, enter: Enter, shop: str) -> None:
    page = enter("maud")
    open_tab(page, scene, shop)
    dialog = page.get_by_role("dialog")
    with page.expect_response(re.compile(r"/exchange/effect/$")):
        dialog.get_by_role("radio", name=re.compile("Relation client")).check()
    expect(dialog.locator("#effect")).to_contain_text("1 siège Relation client")
    expect(dialog.locator("#balances")).to_contain_text("0 → 1")
    with page.expect_response(re.compile(r"/exchange/effect/$")):
        dialog.get_by_role("spinbutton").fill("2")
    expect(dialog).to_contain_text("1 siège Voix au plus peut être échangé : les autres sont consommés.")
    expect(dialog.locator("#say")).to_have_text("Cet échange n’est pas possible.")
    dialog.get_by_role("button", name="Échanger", exact=True).click()
    expect(page.get_by_text("1 siège Voix au plus peut être échangé").first).to_be_visible()
    assert allocated(scene, shop) == (4, 0)


def test_in_english_by_keyboard_alone(scene: Scene, enter: Enter, shop: str) -> None:
    # Nobody else's language changes.
    page = enter("only_subscriptions")
    page.goto(address(scene, shop))
    page.get_by_role("button", name="English").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Exchange seats")
    expect(page.get_by_role("spinbutton")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    with page.expect_response(re.compile(r"/exchange/effect/$")):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("Customer Rel"))).to_be_checked()
    expect(page.get_by_role("button", name=re.compile(r"^Exchange 1 seat, €[0-9.]+ excl\. VAT$"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^Exchange 1 seat")).press("Enter")
    expect(page.locator("#notes")).to_contain_text("1 Voice seat exchanged for a Customer Relationship seat")


def test_without_script(scene: Scene, enter: Enter, shop: str) -> None:
    page = enter("maud", java_script_enabled=False)
    page.goto(f"/customers/{scene.customers['clinic']}/sites/{scene.sites[shop]}/")
    page.get_by_role("link", name="Échange", exact=True).click()
    page.get_by_role("radio", name=re.compile("Relation client")).check()
    # What was not shown is not done.
    page.get_by_role("button", name=re.compile("^Échanger 1 siège")).click()
    expect(page.get_by_text("Voici l’effet de vos saisies.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Échanger 1 siège")).click()
    expect(page.locator("#notes")).to_contain_text("contre un siège Relation client")


def test_a_customer_sees_seats_and_dates_and_no_amount(scene: Scene, sign_in: SignIn, shop: str) -> None:
    page = read(sign_in("solene").get(address(scene, shop)))
    assert "jusqu’au 24 juil. 2023 inclus" in page
    assert "Facturé par votre partenaire" in page
    assert "€" not in page


def test_what_changed_meanwhile_is_shown_before_it_is_done(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, url = sign_in("maud"), address(scene, shop)
    token = field(client.get(url).content.decode(), "digest")
    scene.allocate("clinic", shop, scene.settings().now(), voice=5)
    form = {"from": "voice", "to": "uc", "seats": "1", "confirm": "yes"}
    refused = client.post(url, form | {"digest": token})
    assert refused.status_code == 409
    assert "Les chiffres ont changé pendant que vous étiez ici." in read(refused)
    assert allocated(scene, shop) == (5, 0)
    assert client.post(url, form | {"digest": field(refused.content.decode(), "digest")}).status_code == 302
    assert allocated(scene, shop) == (4, 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"seats": "0"}, "Saisissez un nombre entier de sièges."),
        ({"seats": "-1"}, "Saisissez un nombre entier de sièges."),
        ({"seats": "1.5"}, "Saisissez un nombre entier de sièges."),
        ({"seats": "٣"}, "Saisissez un nombre entier de sièges."),
        ({"seats": "9999999999"}, "1 siège Voix au plus peut être échangé"),
        ({"from": "uc", "to": "voice"}, "Aucun siège de ce type n’est alloué ici."),
    ],
    ids=str,
)
def test_what_is_no_exchange(scene: Scene, sign_in: SignIn, shop: str, wrong: dict[str, str], told: str) -> None:
    form = {"from": "voice", "to": "uc", "seats": "1", "confirm": "yes"} | wrong
    answer = sign_in("maud").post(address(scene, shop), form)
    assert answer.status_code == 422
    assert told in read(answer)
    assert allocated(scene, shop) == (4, 0)


def test_a_site_without_seats_says_that_nothing_can_be_exchanged(scene: Scene, sign_in: SignIn) -> None:
    scene.site("clinic", "empty", "Annexe vide")
    assert "Rien ne peut être échangé sur ce site." in read(sign_in("maud").get(address(scene, "empty")))


def test_an_exchange_that_is_undone_already(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, now = sign_in("maud"), scene.settings().now()
    url = f"/customers/{scene.customers['clinic']}/exchanges/{scene.exchange('clinic', shop, now)}/undo/"
    form = {"seats": "1", "confirm": "yes", "digest": field(client.get(url).content.decode(), "digest")}
    assert client.post(url, form).status_code == 302
    again = client.post(url, form)
    assert again.status_code == 409
    assert "Cet échange est déjà annulé." in read(again)
    assert allocated(scene, shop) == (4, 0)


# -- a user gets a dearer type --------------------------------------------------------------------------


def ask(client: Client, scene: Scene, shop: str, user_id: UUID, code: str, **more: Any) -> Any:
    """The form of a user with another type, sent."""
    url = f"{users_url(scene, 'clinic')}{user_id}/"
    page = client.get(url).content.decode()
    form = typed(scene, shop, version=field(page, "version"), type=code, enabled="on", action="save")
    return client.post(url, form | more)


def test_the_seat_of_a_user_is_exchanged_with_it(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, user_id = sign_in("maud"), of_site(scene, shop)
    refused = ask(client, scene, shop, user_id, "uc")
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Échanger le siège et enregistrer" in page
    assert "Allouer plutôt un siège de plus" in page
    digest = field(page, "exchange_digest")
    assert ask(client, scene, shop, user_id, "uc", action="exchange", exchange_digest="x").status_code == 409
    assert allocated(scene, shop) == (4, 0)
    saved = ask(client, scene, shop, user_id, "uc", action="exchange", exchange_digest=digest)
    assert (saved.status_code, allocated(scene, shop)) == (302, (3, 1))
    assert figures(scene, "clinic", shop, "uc").used == 1
    assert "1 siège Voix a été échangé en même temps contre un siège" in read(client.get(saved.headers["Location"]))


def test_where_a_seat_became_free_nothing_is_exchanged(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, user_id = sign_in("maud"), of_site(scene, shop)
    digest = field(ask(client, scene, shop, user_id, "uc").content.decode(), "exchange_digest")
    scene.allocate("clinic", shop, scene.settings().now(), uc=1)
    refused = ask(client, scene, shop, user_id, "uc", action="exchange", exchange_digest=digest)
    assert refused.status_code == 409
    assert "Il n’y a rien à allouer." in read(refused)
    assert allocated(scene, shop) == (4, 1)


def test_a_cheaper_type_is_allocated_and_the_seat_stays(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, now = sign_in("maud"), scene.settings().now()
    scene.allocate("clinic", shop, now, voice=3, uc=1)
    scene.fill("clinic", shop, now, uc=1)
    user_id = next(found for key, found in scene.users.items() if key.startswith(f"{shop} uc"))
    page = read(ask(client, scene, shop, user_id, "voice"))
    assert "ce n’est pas un échange" in page
    assert "une baisse prendrait effet le 1er janv. 2024" in page
    assert "Échanger le siège" not in page


def test_without_the_role_one_reads_who_can_help(scene: Scene, sign_in: SignIn, shop: str) -> None:
    page = read(ask(sign_in("theo"), scene, shop, of_site(scene, shop), "uc"))
    assert "Échanger le siège" not in page
    assert "Solène Barbizet" in page
