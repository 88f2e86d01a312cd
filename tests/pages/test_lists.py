"""Lists: read on from page to page and back to the first; counts and sums agree, each count in its own number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from strapontin.web import translations
from tests.pages.scene import NOW, Scene
from tests.pages.test_decisions import arrive, read

if TYPE_CHECKING:
    from django.test import Client

    from tests.pages.conftest import SignIn


def names(client: Client, url: str) -> tuple[list[str], dict[str, str]]:
    """The names of a page of a list, and where its foot leads."""
    page = client.get(url).content.decode()
    links = {found[1]: found[2].replace("&amp;", "&") for found in re.finditer(r'id="page-(\w+)" href="([^"]+)"', page)}
    return re.findall(r'<a class="name" href="[^"]+" hx-boost="false">([^<]+)</a>', page), links


def test_a_list_is_read_on_and_begun_again(scene: Scene, sign_in: SignIn) -> None:
    for number in range(50):
        scene.customer(f"many{number}", f"Nombreux {number:02d}", "tramontane")
    client = sign_in("outsider")
    seen: list[str] = []
    url, pages = "/customers/", 0
    links: dict[str, str] = {}
    while url:
        found, links = names(client, url)
        assert ("first" in links) == (pages > 0), "one goes back to the beginning, and that is what it says"
        assert "previous" not in links
        seen, pages, url = seen + found, pages + 1, links.get("next", "")
    assert pages == 3 and len(seen) == len(set(seen)) == 51
    assert names(client, links["first"])[0] == seen[:25]
    # A place that nobody signed, or that belongs to another list, is the beginning.
    place = names(client, "/customers/")[1]["next"].partition("after=")[2]
    for strange in (
        f"/customers/?after={place}x",
        f"/invoices/?after={place}",
        f"/users/?after={place}",
        "/customers/?after=²",
    ):
        assert "first" not in names(client, strange)[1]
        assert client.get(strange).status_code == 200


def test_numbered_pages_go_back_one_by_one(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("outsider")
    _found, links = names(client, "/subscriptions/customers/?page=3")
    assert links == {"previous": "/subscriptions/customers/?page=2"}


def test_sums_say_whose_seats_they_leave_out(scene: Scene, sign_in: SignIn) -> None:
    scene.customer("own", "Opaline, interne", "opaline", not_for_resale=True)
    scene.site("own", "lab", "Laboratoire")
    client = sign_in("maud")
    said = read(client.get("/subscriptions/customers/"))
    assert "dont 1 hors revente, hors totaux" in said and "clients, dont 1 hors revente. Chiffres du" in said
    assert "hors totaux" not in read(client.get("/subscriptions/customers/?term=12"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_one_is_singular(language: str, scene: Scene, sign_in: SignIn) -> None:
    """Where two things are counted in a sentence, neither lends the other its number."""
    scene.customer("kiosk", f"Kiosque {language}", "opaline")
    scene.site("kiosk", f"kiosk{language}", "Comptoir")
    scene.allocate("kiosk", f"kiosk{language}", NOW.replace(month=6), voice=1)
    scene.fill("kiosk", f"kiosk{language}", NOW, voice=1)
    arrive(scene, "kiosk", f"kiosk{language}", "uc")
    client = sign_in("maud")
    client.post("/language/", {"language": language})
    customer = f"/customers/{scene.customers['kiosk']}/"
    site = f"{customer}sites/{scene.sites[f'kiosk{language}']}/"
    said = " ".join(
        read(client.get(url)) for url in (customer, site, f"{site}?voice=0", f"{site}move/", "/subscriptions/")
    )
    client.post("/language/", {"language": "fr"})
    wrong = r"(?<![\d\u00a0\u202f.,])[01] (sièges|alloués|consommés|téléphones|utilisateurs|clients)\b"
    if language == "en":
        wrong = r"(?<![\d\u00a0.,])1 (seats|telephones|users|customers|months)\b"
    assert re.findall(rf"\S* ?{wrong}[^.]{{0,30}}", said) == []


def test_french_has_one_form_for_none_and_one() -> None:
    """A text with two counts would need two plurals: there is none."""
    counted = re.compile(r"%\((seats|used|allocated|missing|count|months|figure|total|before|after)\)s (?=[a-zé])")
    entries = translations.entries(translations.read_catalogue())
    twice = [entry.id for entry in entries if len(counted.findall(translations.texts(entry.string)[-1])) > 1]
    assert twice == []
