"""Partner 501 of an installation and site 1,001 of a customer can be chosen, on screens and by REST."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from strapontin.demo.furnishing import Furnisher
from tests.api.client import ApiClient
from tests.pages.scene import NOW, Scene

if TYPE_CHECKING:
    from django.test import Client

    from tests.pages.conftest import SignIn

PARTNERS, SITES = 501, 1001


@pytest.fixture(scope="module")
def crowd(scene: Scene) -> dict[str, UUID]:
    """So many partners and sites more; the ids of the last ones by name."""
    furnisher = Furnisher(at=NOW)
    partner = site = UUID(int=0)
    for number in range(PARTNERS):
        partner = furnisher.make_partner(f"Revendeur {number:04d}")
    for number in range(SITES):
        site = furnisher.make_site(scene.customers["bakery"], f"Magasin {number:04d}")
    return {"partner": partner, "site": site, "bakery": scene.customers["bakery"]}


def options(client: Client, url: str) -> dict[str, str]:
    """The options of the selects of a page: label by value."""
    text = client.get(url).content.decode()
    return dict(re.findall(r'<option value="([0-9a-f-]{36})"[^>]*>([^<]+)</option>', text))


def test_any_partner_gets_a_customer(scene: Scene, crowd: dict[str, UUID], sign_in: SignIn) -> None:
    client, last = sign_in("provider"), str(crowd["partner"])
    assert last not in options(client, "/customers/new/")
    url = "/customers/new/?q=revendeur 0500"
    assert options(client, url) == {last: "Revendeur 0500"}
    sent = {"name": "Client du dernier", "term_months": "1", "partner": last}
    for address in (url, "/customers/new/"):
        # A mistake elsewhere does not lose the partner.
        again = client.post(address, sent | {"name": ""})
        assert (again.status_code, last in again.content.decode()) == (422, True)
    assert client.post(url, sent).status_code == 302
    key = ApiClient(Furnisher().make_key())
    (made,) = key.get(f"/customers?partner={last}").items
    assert made["name"] == "Client du dernier"
    elsewhere = sign_in("maud").post("/customers/new/", sent)
    assert elsewhere.status_code == 422, "a partner outside the scope is no choice"


def test_any_site_is_edited_and_narrows_the_users(scene: Scene, crowd: dict[str, UUID], sign_in: SignIn) -> None:
    client, last = sign_in("maud"), str(crowd["site"])
    customer = f"/customers/{crowd['bakery']}"
    edit = f'href="{customer}/sites/{last}/edit/"'
    first = client.get(f"{customer}/edit/").content.decode()
    assert "Magasin 0010" in first and "Magasin 0900" not in first, "a page does not grow with the sites"
    assert edit in client.get(f"{customer}/edit/?q=MAGASIN 1000").content.decode()
    assert "Aucun site ne porte ce nom" in client.get(f"{customer}/edit/?q=nowhere").content.decode()
    page, seen = first, 0
    while more := re.search(r'href="([^"]*after=[^"]+)"', page):
        seen += 1
        page = client.get(more[1].replace("&amp;", "&")).content.decode()
        if edit in page:
            break
    assert edit in page and seen > 30
    assert last in options(client, f"{customer}/users/")
    assert client.get(f"{customer}/users/?site={last}").status_code == 200
    adding = f"{customer}/users/new/"
    assert client.get(adding).content.decode().count('name="site"') == 8, "a page does not grow with the sites"
    assert f'id="id_site_{last}"' in client.get(f"{adding}?q=magasin 1000").content.decode()
    chosen = client.get(f"{adding}?site={last}").content.decode()
    assert re.search(f'id="id_site_{last}"[^>]* checked', chosen), "also without a search"


def test_rest_lists_them_all(scene: Scene, crowd: dict[str, UUID]) -> None:
    key = ApiClient(Furnisher().make_key())
    assert str(crowd["partner"]) in {partner["id"] for partner in key.everything("/partners?limit=100")}
    (partner,) = key.get("/partners?search=revendeur 0500".replace(" ", "%20")).items
    assert partner["id"] == str(crowd["partner"])
    sites = key.everything(f"/customers/{crowd['bakery']}/sites?limit=100")
    assert len(sites) == SITES + 1
    assert str(crowd["site"]) in {site["id"] for site in sites}
    body = {"changes": [{"site": str(crowd["site"]), "type": "voice", "quantity": 1}]}
    assert key.post(f"/customers/{crowd['bakery']}/allocation-changes/preview", body).status == 200
