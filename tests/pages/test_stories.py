"""Stories in a real browser: what people do here every day, and what must not surprise them (SPEC 4, 5, 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from strapontin.demo.furnishing import Furnisher
from strapontin.stacks.wazo.simulator import StackSimulator
from tests.pages.scene import Scene

if TYPE_CHECKING:
    from tests.pages.conftest import Enter

CLINIC = "Clinique des Trois Chênes"


def open_clinic(page: Page) -> None:
    """From the start to the page of the clinic, as a partner goes."""
    page.goto("/subscriptions/customers/")
    page.get_by_role("link", name=CLINIC).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CLINIC)


def change(page: Page, site: str) -> None:
    """Opens the sheet of a site in its dialog."""
    page.get_by_role("link", name=f"Modifier l’allocation : {site}").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def type_seats(page: Page, type_name: str, seats: int) -> None:
    """Types a quantity and waits for its effect."""
    with page.expect_response(re.compile(r"/effect/$")):
        page.get_by_role("spinbutton", name=f"{type_name}, sièges alloués").fill(str(seats))


def test_signing_in_and_out(scene: Scene, enter: Enter, page: Page) -> None:
    page.goto("/subscriptions/customers/?term=12")
    page.get_by_label("Adresse e-mail").fill(scene.logins["maud"])
    page.get_by_label("Mot de passe", exact=True).fill("pas le bon")
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("ne correspondent pas")
    page.get_by_label("Mot de passe", exact=True).fill("quatre-sieges-libres")
    page.get_by_role("button", name="Se connecter", exact=True).click()
    # One comes out where one wanted to go.
    expect(page).to_have_url(re.compile(r"/subscriptions/customers/\?term=12$"))
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_raising_shows_its_effect_to_the_cent(enter: Enter) -> None:
    page = enter("maud")
    open_clinic(page)
    change(page, "Échirolles, imagerie")
    type_seats(page, "Voix", 10)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("+2 sièges tout de suite.")).to_be_visible()
    # 2 × 8.55 × 12 × 167/365, as the invoice of 1 August will have it.
    expect(dialog.get_by_role("heading", name=re.compile("^Ce changement"))).to_contain_text("+93,89 € HT")
    expect(dialog.locator("#say")).to_contain_text("1 changement")
    dialog.get_by_role("button", name="Allouer 2 sièges, 93,89 € HT").click()
    expect(page.locator("#notes")).to_contain_text("1 changement enregistré")
    row = page.get_by_role("row", name=re.compile("Échirolles"))
    expect(row.first).to_contain_text("10")


def test_lowering_waits_for_the_next_cycle_and_can_be_withdrawn(enter: Enter) -> None:
    page = enter("maud")
    page.goto("/subscriptions/customers/")
    page.get_by_role("link", name="Boulangeries Tournesol").click()
    change(page, "Le fournil")
    type_seats(page, "Voix", 14)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("La baisse de 15 à 14 prendra effet le 1er août 2023.")
    # 14 × 9.50 instead of 15 × 9.50.
    expect(dialog.get_by_role("heading", name=re.compile("^Ce changement"))).to_contain_text("−9,50 € HT")
    expect(dialog.locator("#effect")).to_contain_text("Total TTC")
    dialog.get_by_role("button", name="Prévoir 1 siège de moins, −9,50 € HT").click()
    coming = page.get_by_role("region", name="Changements à venir")
    expect(coming).to_contain_text("Le fournil : Voix de 15 à 14")
    coming.get_by_role("button", name=re.compile("Annuler.*Le fournil")).click()
    expect(page.locator("#notes")).to_contain_text("15")
    expect(page.get_by_role("region", name="Changements à venir")).not_to_contain_text("Le fournil : Voix")


def test_an_impossible_quantity_takes_the_effect_of_the_last_one_away(enter: Enter) -> None:
    """The browser's own check would keep it from the server, and leave what was shown for another quantity."""
    page = enter("maud")
    open_clinic(page)
    change(page, "Échirolles, imagerie")
    dialog = page.get_by_role("dialog")
    box = page.get_by_role("spinbutton", name="Communication unifiée, sièges alloués")
    for wrong in ("-5", "1.5", ""):
        with page.expect_response(re.compile(r"/effect/$")):
            box.fill("12")
        expect(dialog.get_by_role("button", name=re.compile("^Allouer"))).to_be_visible()
        with page.expect_response(re.compile(r"/effect/$")):
            box.fill(wrong)
        expect(dialog).to_contain_text("Saisissez un nombre entier de sièges")
        expect(dialog.locator("#say")).to_have_text("1 quantité n’est pas possible.")
        expect(dialog.get_by_role("button", name="Confirmer")).to_have_attribute("aria-disabled", "true")
        expect(dialog.locator("#effect")).not_to_contain_text("Total TTC")


def test_nobody_is_lowered_away(enter: Enter) -> None:
    page = enter("maud")
    open_clinic(page)
    change(page, "Grenoble, siège")
    type_seats(page, "Relation client", 2)
    expect(page.get_by_role("dialog")).to_contain_text("1 utilisateur est en trop pour descendre à 2")


def test_seats_move_free_of_charge(enter: Enter) -> None:
    page = enter("maud")
    open_clinic(page)
    change(page, "Meylan, administration")
    page.get_by_role("dialog").get_by_role("link", name="Déplacement").click()
    expect(page.get_by_role("heading", name=re.compile("Sièges du site"))).to_be_visible()
    page.get_by_role("radio", name=re.compile("Communication unifiée")).check()
    page.get_by_role("radio", name=re.compile("Grenoble, siège")).check()
    with page.expect_response(re.compile(r"/move/effect/$")):
        page.get_by_role("spinbutton").fill("2")
    expect(page.locator("#effect")).to_contain_text("0,00\u00a0€")
    expect(page.locator("#effect")).to_contain_text("ne change pas")
    page.get_by_role("button", name="Déplacer 2 sièges Communication unifiée").click()
    expect(page.locator("#notes")).to_contain_text("2 sièges")


def test_two_people_and_the_same_numbers(enter: Enter) -> None:
    """The second gets the fresh figures, never a silent overwrite; what was typed stays."""
    first, second = enter("maud"), enter("solene")
    for page in (first, second):
        page.goto("/")
        if page is first:
            open_clinic(page)
        change(page, "Meylan, administration")
    type_seats(first, "Voix", 9)
    type_seats(second, "Voix", 11)
    first.get_by_role("button", name=re.compile("^(Allouer|Prévoir|Rendre|Confirmer|Annuler la baisse)")).click()
    expect(first.locator("#notes")).to_contain_text("enregistré")
    second.get_by_role("button", name=re.compile("^(Allouer|Prévoir|Rendre|Confirmer|Annuler la baisse)")).click()
    expect(second.get_by_text("Les chiffres ont changé pendant que vous étiez ici.").first).to_be_visible()
    expect(second.get_by_role("spinbutton", name="Voix, sièges alloués")).to_have_value("11")
    expect(second.get_by_text("Sièges alloués aujourd’hui : 9")).to_be_visible()
    second.get_by_role("button", name=re.compile("^(Allouer|Prévoir|Rendre|Confirmer|Annuler la baisse)")).click()
    expect(second.locator("#notes")).to_contain_text("enregistré")


def fill_user(page: Page, name: str, *, site: str, type_name: str) -> None:
    """Fills the form of a new user."""
    for group, choice in (("Site", site), ("Type de souscription", type_name)):
        radio = page.get_by_role("radiogroup", name=group).get_by_role("radio", name=choice)
        if not radio.is_checked():
            with page.expect_response(re.compile(r"/decision/$")):
                radio.check()
    page.get_by_label("Prénom").fill(name)
    page.get_by_label("Adresse e-mail").fill(f"{name}@example.org".lower().replace("é", "e"))


def test_a_user_on_a_free_seat(enter: Enter) -> None:
    page = enter("theo")
    page.get_by_role("link", name="Ajouter un utilisateur").click()
    fill_user(page, "Camille", site="Échirolles, imagerie", type_name="Voix")
    page.get_by_role("button", name="Créer l’utilisateur").click()
    expect(page.locator("#notes")).to_contain_text("L’utilisateur Camille est créé")
    page.get_by_role("searchbox").fill("camille@")
    expect(page.get_by_role("status").first).to_have_text("1 utilisateur")


def test_a_user_with_the_seat_allocated_together(enter: Enter) -> None:
    page = enter("maud")
    open_clinic(page)
    page.get_by_role("link", name="Utilisateurs").last.click()
    page.get_by_role("link", name="Ajouter un utilisateur").click()
    fill_user(page, "Dominique", site="Grenoble, siège", type_name="Relation client")
    decision = page.get_by_role("region", name="Effet de ce choix")
    expect(decision).to_contain_text("Il manque 1 siège Relation client à Grenoble, siège")
    # 1 × 35.91 × 12 × 167/365 and VAT at 20 %.
    expect(decision).to_contain_text("197,16 €")
    decision.get_by_role("button", name=re.compile("Allouer 1 siège et créer l’utilisateur")).click()
    expect(page.locator("#notes")).to_contain_text("L’utilisateur Dominique est créé")


def test_a_customer_sees_no_amount_when_it_allocates(enter: Enter) -> None:
    page = enter("solene")
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Utilisateurs").click()
    page.get_by_role("link", name="Ajouter un utilisateur").click()
    fill_user(page, "Andréa", site="Grenoble, siège", type_name="Relation client")
    expect(page.get_by_text("Facturé par votre partenaire")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("€")
    page.get_by_role("button", name=re.compile("Allouer 1 siège et créer l’utilisateur")).click()
    expect(page.locator("#notes")).to_contain_text("L’utilisateur Andréa est créé")


def test_a_user_refused_with_the_names_of_those_who_can_help(enter: Enter) -> None:
    page = enter("theo")
    page.get_by_role("link", name="Ajouter un utilisateur").click()
    fill_user(page, "Maxime", site="Grenoble, siège", type_name="Relation client")
    decision = page.get_by_role("region", name="Effet de ce choix")
    expect(decision).to_contain_text("Solène Barbizet")
    expect(decision).to_contain_text("Maud Ferrandis")
    expect(decision.get_by_role("button", name=re.compile("Allouer"))).to_have_count(0)
    # What was typed is kept.
    expect(page.get_by_label("Prénom")).to_have_value("Maxime")


@pytest.fixture
def stacks(scene: Scene) -> Iterator[StackSimulator]:
    """Two sites of the bakery's neighbour on two stacks, one of which has gone silent."""
    scene.site("garage", "north", "Nord")
    with StackSimulator(name="Isère-2") as alive, StackSimulator(name="Meylan-1") as silent:
        for simulator in (alive, silent):
            simulator.add_account("portal", "secret")
        tenants = [alive.add_tenant("Atelier").uuid, silent.add_tenant("Nord").uuid]
        for number in range(5):
            alive.add_user(tenants[0], f"Poste {number}", None, f"poste{number}@garage.example", 0)
        for simulator, tenant, site in zip((alive, silent), tenants, ("workshop", "north"), strict=True):
            name, signing_in = simulator.world.name, {"username": "portal", "password": "secret"}
            stack_id = Furnisher().make_stack(name, url=simulator.url, **signing_in)
            scene.attach("garage", site, stack_id, tenant)
        silent.stop()
        yield alive


def test_synchronising_while_one_stack_is_silent(
    scene: Scene, stacks: StackSimulator, worker: None, enter: Enter
) -> None:
    page = enter("maud")
    page.goto(f"/customers/{scene.customers['garage']}/")
    page.get_by_role("button", name="Synchroniser les sièges consommés").click()
    said = page.locator("#sync-said")
    expect(said).to_contain_text("Terminé", timeout=30_000)
    lines = page.locator("#sync-sites")
    expect(lines).to_contain_text("5 sièges consommés")
    expect(lines).to_contain_text("3 utilisateurs pas encore sur le stack")
    expect(lines).to_contain_text("Meylan-1")
    # Used is what the stack has, and who was typed in before, above the allocation too; there are ways out.
    expect(page.get_by_role("group", name="Au-dessus de l’allocation")).to_contain_text("Allouer")
    row = page.get_by_role("row", name=re.compile("^Atelier"))
    expect(row).to_contain_text("5 au‑dessus")


def test_the_invoice_and_its_lines(enter: Enter) -> None:
    page = enter("maud")
    page.get_by_role("link", name="Factures").click()
    page.get_by_role("row", name=re.compile("1er févr. 2023")).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2023-")
    expect(page.get_by_role("table")).to_contain_text(CLINIC)
    page.get_by_role("searchbox").fill("tournesol")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table")).not_to_contain_text(CLINIC)
    with page.expect_download() as file:
        page.get_by_role("link", name="Export : CSV").click()
    assert file.value.suggested_filename.endswith(".csv")


def test_a_run_is_previewed_and_issues_nothing(worker: None, enter: Enter) -> None:
    page = enter("provider")
    page.get_by_role("link", name="Facturations").click()
    page.get_by_role("button", name="Aperçu, rien n’est émis").click()
    expect(page.get_by_role("heading", name="Ce qui serait facturé")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("table")).to_contain_text("Opaline Réseaux")
    expect(page.locator("#run-state")).to_have_text("Aperçu")


def test_a_customer_is_created_with_its_first_site(enter: Enter) -> None:
    page = enter("maud")
    page.get_by_role("link", name="Nouveau client").click()
    page.get_by_label("Nom", exact=True).fill("Librairie Point-Virgule")
    page.get_by_role("radio", name="12 mois").check()
    page.get_by_role("button", name="Créer le client").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Librairie Point-Virgule")
    page.get_by_role("link", name="Créer un site").click()
    page.get_by_label("Nom", exact=True).fill("Rue des Lilas")
    page.get_by_role("button", name="Enregistrer le site").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rue des Lilas")


def test_the_term_is_changed_and_withdrawn(enter: Enter) -> None:
    page = enter("maud")
    page.goto("/customers/")
    page.get_by_role("link", name="Boulangeries Tournesol").click()
    page.get_by_role("link", name="Modifier", exact=True).click()
    page.get_by_role("radio", name="36 mois").check()
    page.get_by_role("checkbox", name="Engager ce client").check()
    page.get_by_role("button", name="Passer à 36 mois").click()
    expect(page.locator("#notes")).to_contain_text("l’engagement est de 36 mois")
    page.get_by_role("link", name="Boulangeries Tournesol").click()
    coming = page.get_by_role("region", name="Changements à venir")
    expect(coming).to_contain_text("Engagement de 1 à 36 mois")
    coming.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("region", name="Changements à venir")).not_to_contain_text("36 mois")


def test_invoices_are_issued_by_those_who_are_sure(enter: Enter) -> None:
    page = enter("provider")
    page.goto("/billing-runs/")
    runs = page.get_by_role("region", name="Dernières facturations").get_by_role("row")
    before = runs.count()
    issue = page.get_by_role("button", name="Émettre les factures")
    # The next date is still to come: it is refused before anything is asked.
    issue.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Facturations")
    page.get_by_label("Date d’arrêté").fill("2023-07-01")
    issue.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Émettre les factures du 1er juil. 2023 ?")
    page.get_by_role("link", name="Annuler").click()
    expect(runs).to_have_count(before)
    page.get_by_label("Date d’arrêté").fill("2023-07-01")
    issue.click()
    page.locator("input[name=sure]").wait_for(state="attached")
    issue.click()
    expect(page.locator("#notes")).to_contain_text("La facturation commence")


def test_a_user_is_removed_once_one_is_sure(enter: Enter) -> None:
    page = enter("theo")
    page.get_by_role("searchbox").fill("caradec")
    page.get_by_role("table").get_by_role("link", name="Caradec").first.click()
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name=f"Supprimer {name}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Supprimer {name}")
    expect(page.locator("main")).to_contain_text("un siège consommé de moins")
    page.get_by_role("link", name="Annuler").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("link", name=f"Supprimer {name}").click()
    page.get_by_role("button", name=f"Supprimer {name}").click()
    expect(page.locator("#notes")).to_contain_text(f"L’utilisateur {name} est supprimé.")
