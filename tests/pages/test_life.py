"""A customer's term, end, archive and removal as the pages tell it (SPEC 3, 7; DESIGN, engagement)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from strapontin.demo.furnishing import Furnisher
from tests.pages.scene import Scene, at
from tests.pages.test_decisions import read

if TYPE_CHECKING:
    from django.test import Client

    from tests.pages.conftest import SignIn

NUMBERS = iter(range(1000))


@pytest.fixture
def cafe(scene: Scene) -> UUID:
    """A customer of 12 months since July with ten Voice seats on its one site."""
    furnisher = Furnisher(at=at(7, 1), settings=scene.settings())
    name = f"Café des Marronniers {next(NUMBERS)}"
    customer = furnisher.make_customer(name, partner_id=scene.partners["opaline"], term_months=12)
    site = furnisher.make_site(customer, "Comptoir")
    Furnisher(at=at(7, 2)).allocate(customer, {(site, "voice"): 10})
    return customer


def form_of(answer: Any) -> dict[str, str]:
    """What the one confirmation of a page posts, the box ticked."""
    page = answer.content.decode()
    start = page.index('<input type="hidden" name="digest"')
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page[start : page.index("</form>", start)])
    return dict(pairs) | {"ticked": "yes"}


def confirm(client: Client, url: str, **changed: str) -> Any:
    """Confirms what the page at ``url`` asks."""
    return client.post(url.partition("?")[0], form_of(client.get(url)) | changed)


def test_terms_are_cards_with_prices_for_who_may_see_them(sign_in: SignIn, cafe: UUID) -> None:
    url = f"/customers/{cafe}/edit/"
    shown = read(sign_in("maud").get(url))
    assert "Engagement à partir du 1er juil. 2024" in shown
    for words in ("rabais d’engagement", "Par an, HT", "actuel", "Facturé 36 mois d’avance", "30 juin 2027"):
        assert words in shown
    assert shown.count("En une fois") == 3


def test_a_customers_own_administrator_reads_the_term_as_text(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in("solene").get(f"/customers/{scene.customers['clinic']}/edit/")
    shown = read(page)
    assert "L’engagement actuel, 12 mois, court jusqu’au 31 déc. 2023 inclus." in shown
    assert "€" not in shown and 'class="choice"' not in page.content.decode()
    assert "Résilier" not in shown


def test_another_term_is_shown_with_its_effect_and_confirmed_once(sign_in: SignIn, cafe: UUID) -> None:
    client, url = sign_in("maud"), f"/customers/{cafe}/term/"
    beside = read(client.get(f"/customers/{cafe}/edit/?term_months=36"))
    assert (
        "Passer à 36 mois le 1er juillet 2024" in beside and "Engager ce client jusqu’au 30 juin 2027 inclus" in beside
    )
    unticked = confirm(client, f"{url}?term_months=36", ticked="")
    assert unticked.status_code == 422 and "Cochez la case" in read(unticked)
    assert confirm(client, f"{url}?term_months=36").status_code == 302
    assert "prévu" in read(client.get(f"/customers/{cafe}/edit/"))
    # The present term withdraws it, and asks for no tick.
    assert confirm(client, f"{url}?term_months=12").status_code == 302
    assert "prévu" not in read(client.get(f"/customers/{cafe}/edit/"))


def test_what_changed_meanwhile_is_shown_anew(scene: Scene, sign_in: SignIn, cafe: UUID) -> None:
    client, url = sign_in("maud"), f"/customers/{cafe}/term/"
    form = form_of(client.get(f"{url}?term_months=36"))
    site = Furnisher(at=at(7, 18, 7)).make_site(cafe, "Terrasse")
    Furnisher(at=at(7, 18, 7)).allocate(cafe, {(site, "voice"): 1})
    stale = client.post(url, form)
    assert stale.status_code == 409 and "Les chiffres ont changé" in read(stale)
    assert client.post(url, form_of(stale)).status_code == 302


def test_two_tabs_end_a_customer_and_change_its_term(sign_in: SignIn, cafe: UUID) -> None:
    client, term, end = sign_in("maud"), f"/customers/{cafe}/term/", f"/customers/{cafe}/cancellation/"
    other_tab = form_of(client.get(f"{term}?term_months=36"))
    asked = read(client.get(end))
    assert "Résilier ce client au 1er juillet 2024 ?" in asked and "plus rien n’est facturé" in asked
    assert confirm(client, end).status_code == 302
    late = client.post(term, other_tab)
    assert late.status_code == 409 and "Ce client est résilié au 1er juillet 2024" in read(late)
    edit = read(client.get(f"/customers/{cafe}/edit/"))
    assert "Annuler la résiliation" in edit and "Par an, HT" not in edit
    assert "Fin de la souscription" in read(client.get(f"/customers/{cafe}/"))
    back = f"/customers/{cafe}/cancellation/withdraw/"
    assert "La résiliation est annulée" in read(client.post(back, follow=True))
    assert "Aucune résiliation n’est prévue" in read(client.post(back, follow=True))


def test_a_reactivation_of_an_active_customer_leads_back(sign_in: SignIn, cafe: UUID) -> None:
    client, url = sign_in("maud"), f"/customers/{cafe}/reactivation/"
    assert "Ce client est actif" in read(client.get(url, follow=True))
    refused = client.post(url, {"term_months": "1", "digest": "x"})
    assert refused.status_code == 409 and "Ce client est actif" in read(refused)


def test_the_end_the_archive_and_the_new_beginning(scene: Scene, sign_in: SignIn) -> None:
    """A customer that was cancelled in May, and has ended with June."""
    furnisher = Furnisher(at=at(5, 10), settings=scene.settings())
    customer = furnisher.make_customer("Quincaillerie Lune", partner_id=scene.partners["opaline"], term_months=1)
    site = furnisher.make_site(customer, "Rayon")
    furnisher.allocate(customer, {(site, "voice"): 4})
    client = sign_in("maud")
    with_end(scene, customer)
    seats = read(client.get(f"/customers/{customer}/"))
    assert "expiré" in seats.lower()
    edit = read(client.get(f"/customers/{customer}/edit/"))
    assert "Ce client a expiré le 1er juin 2023" in edit and "Réactiver" in edit
    client.post(f"/customers/{customer}/archive/", {"archived": "yes"})
    listed = "/subscriptions/customers/?q=Quincaillerie"
    assert "Quincaillerie Lune" not in read(client.get(listed)).partition("clients")[2]
    assert "Quincaillerie Lune" in read(client.get(f"{listed}&status=archived"))
    assert "Quincaillerie Lune" in read(client.get("/customers/?archived=yes"))
    asked = read(client.get(f"/customers/{customer}/reactivation/?term_months=12"))
    assert "4 sièges Voix sont rétablis." in asked and "Réactiver pour 12 mois" in asked
    assert confirm(client, f"/customers/{customer}/reactivation/?term_months=12").status_code == 302
    assert "Quincaillerie Lune" in read(client.get(listed))
    ended = client.get(f"/customers/{customer}/cancellation/")
    assert ended.status_code == 200


def with_end(scene: Scene, customer: UUID) -> None:
    """Cancels the customer in May, and lets June begin."""
    from strapontin.access import grants
    from strapontin.access.scope import acting
    from strapontin.allocations.openings import bring_to
    from strapontin.customers.operations import change_customer

    with acting(scene.actor):
        grant = grants.term_editor(scene.actor, customer)
        change_customer(grant, changes={"cancel_at_end_of_period": True}, settings=scene.settings(), at=at(5, 11))
        bring_to(at(6, 1).date(), at=at(6, 1), customer_id=customer)


def test_the_provider_alone_sets_a_customer_not_for_resale(sign_in: SignIn, cafe: UUID) -> None:
    provider, url = sign_in("provider"), f"/customers/{cafe}/resale/"
    assert "hors revente" not in read(sign_in("maud").get(f"/customers/{cafe}/edit/"))
    assert "à partir du 1er juillet 2024" in read(provider.get(url))
    assert confirm(provider, url).status_code == 302
    assert "hors revente" in read(provider.get(f"/customers/{cafe}/"))
    assert confirm(provider, url).status_code == 302
    assert "hors revente" not in read(provider.get(f"/customers/{cafe}/"))


def test_what_was_made_by_mistake_is_removed_and_nothing_else(scene: Scene, sign_in: SignIn, cafe: UUID) -> None:
    client = sign_in("maud")
    kept = client.post(f"/customers/{cafe}/removal/")
    assert kept.status_code == 409 and "seul ce qui a été créé par erreur" in read(kept)
    furnisher = Furnisher(at=at(7, 18, 7), settings=scene.settings())
    mistake = furnisher.make_customer("Doublon", partner_id=scene.partners["opaline"], term_months=1)
    site = furnisher.make_site(mistake, "Nulle part")
    assert "Supprimer le site" in read(client.get(f"/customers/{mistake}/sites/{site}/removal/"))
    removed = read(client.post(f"/customers/{mistake}/sites/{site}/removal/", follow=True))
    assert "Le site Nulle part est supprimé." in removed
    assert "Le client Doublon est supprimé." in read(client.post(f"/customers/{mistake}/removal/", follow=True))
    assert client.get(f"/customers/{mistake}/").status_code == 404


def test_an_empty_site_goes_into_the_archive_and_back(scene: Scene, sign_in: SignIn, cafe: UUID) -> None:
    client = sign_in("maud")
    site = Furnisher(at=at(7, 18, 7), settings=scene.settings()).make_site(cafe, "Remise")
    url, edit = f"/customers/{cafe}/sites/{site}/archive/", f"/customers/{cafe}/edit/"
    client.post(url, {"archived": "yes"})
    assert "Remise" not in read(client.get(edit))
    assert "Remise" in read(client.get(f"{edit}?archived=yes"))
    assert "Remise" not in read(client.get(f"/customers/{cafe}/"))
    client.post(url)
    assert "Remise" in read(client.get(edit))


def test_the_prices_of_a_new_customer_are_those_of_its_partner(scene: Scene, sign_in: SignIn) -> None:
    without = read(sign_in("provider").get("/customers/new/"))
    assert "rabais d’engagement" not in without and "Facturé 12 mois d’avance" in without
    chosen = read(sign_in("provider").get(f"/customers/new/?partner={scene.partners['opaline']}"))
    assert "rabais d’engagement" in chosen and "D’abord facturé au jour" in chosen
