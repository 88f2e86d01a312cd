"""The effect of a change, readable: its cost in one figure, on the button, and what is asked twice (DESIGN)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from playwright.sync_api import expect

from strapontin.web.subscriptions.shapes.allocation import Act, Consequence
from tests.pages.scene import Scene
from tests.pages.test_decisions import figures, read
from tests.pages.test_door import field

if TYPE_CHECKING:
    from tests.pages.conftest import Enter, SignIn

NB = "\u00a0"


@pytest.fixture
def place(scene: Scene, request: pytest.FixtureRequest) -> str:
    """A new site of the clinic with five Voice seats, paid for since January."""
    key = f"site-{request.node.name}"
    scene.site("clinic", key, key)
    scene.allocate("clinic", key, scene.settings().now(), voice=5)
    return key


def url_of(scene: Scene, place: str) -> str:
    """The address of the site's seats."""
    return f"/customers/{scene.customers['clinic']}/sites/{scene.sites[place]}/"


def confirm(client: Client, url: str, shown: str, **typed: str) -> str:
    """Confirms what a page showed; answers what the next one says."""
    hidden = {name: field(shown, name) for name in ("digest", "seen")} | {"was-voice": "5", "confirm": "yes"}
    if 'name="doubled"' in shown:
        hidden["doubled"] = field(shown, "doubled")
    return client.post(url, hidden | typed, follow=True).content.decode()


def test_the_amount_stands_first_and_on_the_button(scene: Scene, sign_in: SignIn, place: str) -> None:
    client = sign_in("maud")
    shown = read(client.post(url_of(scene, place), {"was-voice": "5", "voice": "7"}))
    # The figure of the change, not that of the invoice: the five seats of this morning are planned already.
    (figure,) = re.findall(r"Ce changement.{1,3}: (\S+ ?€) HT sur la facture du 1er août 2023", shown.replace(NB, " "))
    assert f"Allouer 2 sièges, {figure.removeprefix('+')} HT" in shown.replace(NB, " ")
    assert f"1 changement, {figure} HT" in shown.replace(NB, " ")
    assert "Déjà prévu sur cette facture" in shown
    assert "Au renouvellement du 1er janv. 2024" in shown


def test_a_reader_below_the_payer_reads_no_amount(scene: Scene, sign_in: SignIn, place: str) -> None:
    shown = read(sign_in("solene").post(url_of(scene, place), {"was-voice": "5", "voice": "7"}))
    assert "Facturé par votre partenaire" in shown and "Allouer 2 sièges" in shown
    assert "€" not in shown and "HT" not in shown


def test_without_a_change_there_is_nothing_to_confirm(scene: Scene, sign_in: SignIn, place: str) -> None:
    client, url = sign_in("maud"), url_of(scene, place)
    page = client.get(url)
    assert re.search(r'id="confirm"\s+aria-disabled="true"', page.content.decode())
    assert "Aucun changement pour l’instant." in read(page)
    answer = client.post(url, {"was-voice": "5", "voice": "5", "confirm": "yes"})
    assert answer.status_code == 422
    assert "Aucune quantité n’a changé" in read(answer)


def test_more_than_twice_as_many_is_asked_again(scene: Scene, sign_in: SignIn, place: str) -> None:
    """50 instead of 5: once more for these quantities, again for others, never for twice as many."""
    client, url = sign_in("maud"), url_of(scene, place)
    shown = client.post(url, {"was-voice": "5", "voice": "50"}).content.decode()
    asked = confirm(client, url, shown, voice="50")
    assert "de 5 à 50 sièges, plus du double" in asked and "confirmez encore une fois" in asked
    assert figures(scene, "clinic", place, "voice").allocated == 5
    other = client.post(url, {"was-voice": "5", "voice": "60", "doubled": field(asked, "doubled")}).content.decode()
    assert "de 5 à 60 sièges" in confirm(client, url, other, voice="60")
    assert "1 changement enregistré" in confirm(client, url, asked, voice="50")
    assert figures(scene, "clinic", place, "voice").allocated == 50
    twice = client.post(url, {"was-voice": "50", "voice": "100"}).content.decode()
    assert "1 changement enregistré" in confirm(client, url, twice, voice="100", **{"was-voice": "50"})


def test_the_first_seats_are_not_asked_twice(scene: Scene, sign_in: SignIn, place: str) -> None:
    client, url = sign_in("maud"), url_of(scene, place)
    shown = client.post(url, {"was-uc": "0", "uc": "9"}).content.decode()
    done = confirm(client, url, shown, uc="9", voice="5", **{"was-uc": "0"})
    assert "1 changement enregistré" in done


def test_a_forged_answer_to_the_question_asks_again(scene: Scene, sign_in: SignIn, place: str) -> None:
    client, url = sign_in("maud"), url_of(scene, place)
    shown = client.post(url, {"was-voice": "5", "voice": "50"}).content.decode()
    assert "plus du double" in confirm(client, url, shown, voice="50", doubled="voice=49")
    assert figures(scene, "clinic", place, "voice").allocated == 5


def test_who_changed_what_meanwhile(scene: Scene, sign_in: SignIn, place: str) -> None:
    maud, solene, url = sign_in("maud"), sign_in("solene"), url_of(scene, place)
    seen_by_maud = maud.post(url, {"was-voice": "5", "voice": "6"}).content.decode()
    seen_by_solene = solene.post(url, {"was-voice": "5", "voice": "7"}).content.decode()
    assert "1 changement enregistré" in confirm(solene, url, seen_by_solene, voice="7")
    said = confirm(maud, url, seen_by_maud, voice="6")
    assert "Les chiffres ont changé pendant que vous étiez ici." in said
    assert re.search(rf"Solène Barbizet, [^:]+:\d\d.: {place}, Voix de 5 à 7\.", said)
    assert "Voici les nouveaux chiffres." in said
    # What the second page showed is known by now: it is not told again.
    known = field(said, "seen")
    seen_by_maud = maud.post(url, {"was-voice": "7", "voice": "8", "seen": known}).content.decode()
    scene.allocate("clinic", place, scene.settings().now(), voice=9)
    said = confirm(maud, url, seen_by_maud, voice="8", **{"was-voice": "7"})
    assert re.search(rf"{place}, Voix de 7 à 9\.", said) and "de 5 à 7" not in said


@pytest.mark.parametrize("seen", ["", "x", "00000000-0000-7000-8000-00000000000g"])
def test_a_form_without_its_moment_is_answered_all_the_same(
    scene: Scene, sign_in: SignIn, place: str, seen: str
) -> None:
    client, url = sign_in("maud"), url_of(scene, place)
    shown = client.post(url, {"was-voice": "5", "voice": "6"}).content.decode()
    scene.allocate("clinic", place, scene.settings().now(), voice=8)
    said = confirm(client, url, shown, voice="6", seen=seen)
    assert "Voici les nouveaux chiffres." in said


def test_the_button_says_one_thing_if_one_thing_happens() -> None:
    raised, back = Consequence(kind="raise", seats=2), Consequence(kind="hand_back", seats=1)
    withdrawn, calm = Consequence(kind="withdrawn", before=5, after=3), Consequence(kind="unchanged")
    assert Act.of([raised, calm, raised]) == Act("raise", 4)
    assert Act.of([raised, withdrawn]) == Act("raise", 2)
    assert Act.of([withdrawn]) == Act("withdrawn", 2)
    assert Act.of([back, raised]) == Act("mixed")
    assert Act.of([Consequence(kind="lowering", before=9, after=6), calm]) == Act("lowering", 3)


def test_enter_computes_in_place(enter: Enter, scene: Scene, place: str) -> None:
    page = enter("maud")
    page.goto(url_of(scene, place))
    where, box = page.url, page.get_by_role("spinbutton", name="Voix, sièges alloués")
    with page.expect_response(re.compile(r"/effect/$")):
        box.fill("7")
    with page.expect_response(re.compile(r"/effect/$")):
        box.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Allouer 2 sièges"))).to_be_visible()
    expect(box).to_be_focused()
    assert page.url == where and figures(scene, "clinic", place, "voice").allocated == 5


def test_a_confirmation_out_of_use_does_nothing(enter: Enter, scene: Scene, place: str) -> None:
    """It keeps its place in the order of the keyboard and says why."""
    page = enter("maud")
    page.goto(url_of(scene, place))
    button = page.get_by_role("button", name="Confirmer")
    expect(button).to_have_accessible_description("Aucun changement pour l’instant.")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    expect(page.locator("#notes")).not_to_contain_text("quantité")
