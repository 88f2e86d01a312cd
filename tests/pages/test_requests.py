"""Requests on the pages of both sides: asked in one click, priced for those who answer, told to the one who asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, expect

from tests.pages.scene import Scene, at
from tests.pages.test_decisions import figures, read, shop, typed, users_url  # noqa: F401  the fixture
from tests.pages.test_door import field

if TYPE_CHECKING:
    from tests.pages.conftest import Enter, SignIn


def request_url(scene: Scene, key: str) -> str:
    """The address of a request of the clinic."""
    return f"/customers/{scene.customers['clinic']}/requests/{scene.requests[key]}/"


def ask(scene: Scene, *names: str, site: str = "grenoble", type_code: str = "cr", day: int = 18) -> str:
    """A request of Théo's for these users; answers its address."""
    key = f"request {len(scene.requests)}"
    scene.ask(key, "theo", site, type_code, *names, when=at(7, day, 8))
    return request_url(scene, key)


def test_what_one_typed_is_in_the_request(scene: Scene, sign_in: SignIn) -> None:
    client, url = sign_in("theo"), f"{users_url(scene, 'clinic')}new/"
    form = typed(scene, "grenoble", type="cr", first_name="Inès", email="ines@example.org", extension="4444")
    refused = client.post(url, form)
    assert refused.status_code == 409
    said = read(refused)
    assert "Demander 1 siège Relation client" in said and "Réessayer" not in said
    assert "Solène Barbizet" in said and "Maud Ferrandis, votre partenaire" not in said
    sent = client.post(url, form | {"action": "request", "note": "Lundi."}, follow=True)
    said = read(sent)
    assert "La demande est envoyée." in said and "1 siège Relation client pour Inès" in said
    assert "ines@example.org" in said and "numéro interne 4444" in said and "« Lundi. »" in said.replace("\xa0", " ")
    assert "€" not in said
    again = client.post(url, form | {"action": "request"}, follow=True)
    assert again.request["PATH_INFO"] == sent.request["PATH_INFO"], "asked for twice, it is one request"


def test_a_seat_that_is_free_by_now_is_taken_not_asked_for(scene: Scene, sign_in: SignIn) -> None:
    form = typed(scene, "meylan", type="voice", first_name="Paul", action="request")
    answer = sign_in("theo").post(f"{users_url(scene, 'clinic')}new/", form)
    assert answer.status_code == 409 and "La facture ne change pas." in read(answer)


def test_those_who_may_be_written_to(scene: Scene, sign_in: SignIn) -> None:
    url, form = f"{users_url(scene, 'clinic')}new/", typed(scene, "grenoble", type="cr", first_name="Luc")
    assert "mailto:" not in sign_in("theo").post(url, form).content.decode(), "nobody is shown without having said so"
    solene = sign_in("solene")
    assert "Enregistré" in read(solene.post("/account/email/", {"shown": "on"}, follow=True))
    assert f'href="mailto:{scene.logins["solene"]}"' in sign_in("theo").post(url, form).content.decode()
    solene.post("/account/email/", {})
    assert "mailto:" not in sign_in("theo").post(url, form).content.decode()


def test_the_list_is_priced_after_it_is_shown(scene: Scene, sign_in: SignIn) -> None:
    ask(scene, "Rose")
    maud = sign_in("maud")
    plain = maud.get("/requests/")
    assert "€" not in read(plain) and "Attend depuis hier" in read(plain)
    assert 'hx-get="/requests/?priced=1"' in plain.content.decode()
    with CaptureQueriesContext(connection) as asked:
        priced = read(maud.get("/requests/?priced=1"))
    assert len(asked) <= 10 + 10 * 46
    assert "Tout accepter ferait +" in priced and "facture du 1er août" in priced
    assert "€" not in read(sign_in("solene").get("/requests/?priced=1"))
    assert "€" not in read(sign_in("yann").get("/requests/?priced=1"))


def test_the_count_in_the_menu(scene: Scene, sign_in: SignIn) -> None:
    def count(person: str) -> int:
        found = re.search(r"Demandes\s*<span class=\"count\">(\d+)", sign_in(person).get("/account/").content.decode())
        return int(found[1]) if found else 0

    before, of_solene = count("maud"), count("solene")
    url = ask(scene, "Marc")
    assert (count("maud"), count("solene"), count("outsider"), count("neighbour")) == (before + 1, of_solene + 1, 0, 0)
    assert count("theo") == 0, "one's own request waits for others"
    assert count("only_users") == 0, "who may not decide has nothing to answer"
    sign_in("maud").post(f"{url}decline/", {"reason": "Un siège se libère vendredi."})
    assert (count("maud"), count("theo")) == (before, 1), "the answer waits to be read"
    said = read(sign_in("theo").get(url))
    assert "Refusée par Maud Ferrandis" in said and "Un siège se libère vendredi." in said
    assert "Demander de nouveau" in said and count("theo") == 0


def test_accepting_what_was_shown(scene: Scene, sign_in: SignIn) -> None:
    url, maud = ask(scene, "Hugo", "Léa"), sign_in("maud")
    shown = maud.get(url)
    assert "2 sièges Relation client pour 2 utilisateurs" in read(shown)
    assert re.search(r"Accepter et créer 2 utilisateurs, [0-9,]+ € HT", read(shown).replace("\xa0", " "))
    before = figures(scene, "clinic", "grenoble", "cr")
    scene.allocate("clinic", "grenoble", scene.settings().now(), cr=before.allocated + 1)
    outdated = maud.post(f"{url}approve/", {"digest": field(shown.content.decode(), "digest")})
    assert outdated.status_code == 409
    assert "Les chiffres ont changé" in read(outdated) and "Voici l’effet à présent." in read(outdated)
    digest = field(outdated.content.decode(), "digest")
    done = read(maud.post(f"{url}approve/", {"digest": digest}, follow=True))
    assert "La demande est acceptée." in done and "2 utilisateurs sont créés." in done
    after = figures(scene, "clinic", "grenoble", "cr")
    assert (after.allocated, after.used) == (before.allocated + 2, before.used + 2)
    late = read(sign_in("solene").post(f"{url}approve/", {"digest": digest}, follow=True))
    assert "Cette demande n’est plus en attente." in late
    told = read(sign_in("theo").get(url))
    assert "Acceptée par Maud Ferrandis" in told and "engagé jusqu’au 31 déc. 2023" in told and "€" not in told


def test_a_seat_that_became_free_costs_nothing(scene: Scene, sign_in: SignIn) -> None:
    url, maud = ask(scene, "Ève", site="meylan", type_code="uc"), sign_in("maud")
    shown = read(maud.get(url))
    assert "Un siège s’est libéré : accepter ne coûte rien." in shown
    assert "Accepter et créer l’utilisateur" in shown and "HT" not in shown
    assert "rien à allouer" in read(maud.get("/requests/?priced=1"))


def test_a_user_who_cannot_be_created_is_named(scene: Scene, sign_in: SignIn) -> None:
    url, maud = ask(scene, "Noé", site="meylan", type_code="uc"), sign_in("maud")
    form = typed(scene, "meylan", type="uc", first_name="Noé bis", email="noe@example.org")
    maud.post(f"{users_url(scene, 'clinic')}new/", form)
    digest = field(maud.get(url).content.decode(), "digest")
    refused = maud.post(f"{url}approve/", {"digest": digest})
    assert refused.status_code == 409 and "Noé : " in read(refused) and "adresse e-mail" in read(refused)
    assert "La demande est refusée" in read(maud.post(f"{url}decline/", {"reason": "Déjà là."}, follow=True))


def test_declining_without_a_reason_says_so_in_place(scene: Scene, sign_in: SignIn) -> None:
    url, maud = ask(scene, "Anaïs"), sign_in("maud")
    refused = maud.post(f"{url}decline/", {"reason": " "})
    assert refused.status_code == 422 and "Dites pourquoi" in read(refused)
    assert "La demande est retirée." in read(sign_in("theo").post(f"{url}withdraw/", follow=True))


def test_a_reminder_once_a_day(scene: Scene, sign_in: SignIn) -> None:
    today, theo = ask(scene, "Inès"), sign_in("theo")
    assert "Relancer" not in read(theo.get(today)), "those who decide were written to today"
    url = ask(scene, "Zoé", type_code="cr", site="echirolles", day=17)
    assert "Relancer" in read(theo.get(url))
    assert "La relance est partie." in read(theo.post(f"{url}remind/", follow=True))
    assert "déjà parti aujourd’hui" in read(theo.post(f"{url}remind/", follow=True))


def test_above_the_limits_one_asks(scene: Scene, sign_in: SignIn) -> None:
    """The sheet of a site, and a new user: a reader with the role whose partner has set a limit."""
    limits = f"/customers/{scene.customers['clinic']}/limits/"
    maud, solene = sign_in("maud"), sign_in("solene")
    saved = maud.post(limits, {"seats_per_month": "1", "may_raise": "on", "may_lower": "on"}, follow=True)
    assert "Enregistré." in read(saved) and 'value="1"' in saved.content.decode()
    try:
        sheet = solene.get(f"/customers/{scene.customers['clinic']}/sites/{scene.sites['meylan']}/?voice=9")
        assert "Il faut l’accord de votre partenaire" in read(sheet)
        asking = re.search(r'href="([^"]*/requests/new/[^"]*)"', sheet.content.decode())
        assert asking is not None
        form = solene.get(asking[1].replace("&amp;", "&"))
        assert 'name="voice" value="2"' in form.content.decode()
        sent = solene.post(
            f"/customers/{scene.customers['clinic']}/requests/new/",
            {"site": scene.sites["meylan"], "voice": "4"},
            follow=True,
        )
        assert "4 sièges Voix" in read(sent) and "Il faut l’accord de votre partenaire" in read(sent)
        for name in ("Ada", "Alan"):
            form = solene.post(
                f"{users_url(scene, 'clinic')}new/", typed(scene, "echirolles", type="cr", first_name=name)
            )
            if name == "Ada":
                digest = field(form.content.decode(), "digest")
                body = typed(scene, "echirolles", type="cr", first_name=name, action="allocate", digest=digest)
                assert "est créé" in read(solene.post(f"{users_url(scene, 'clinic')}new/", body, follow=True))
        assert "plus aucun siège ne peut être ajouté" in read(form) and "Demander 1 siège" in read(form)
    finally:
        maud.post(limits, {"may_raise": "on", "may_lower": "on"})


def test_wrong_limits_are_said_at_their_field(scene: Scene, sign_in: SignIn) -> None:
    limits = f"/customers/{scene.customers['clinic']}/limits/"
    for wrong in ({"seats_per_month": "-1"}, {"amount_per_month": "1.234"}, {"seats_per_month": "zwei"}):
        answer = sign_in("maud").post(limits, {"may_raise": "on", **wrong})
        assert answer.status_code == 422 and "aria-invalid" in answer.content.decode()
    inn = f"/customers/{scene.customers['inn']}/limits/"
    assert "amount_per_month" in sign_in("maud").get(inn).content.decode()
    assert "amount_per_month" not in sign_in("yann").get(inn).content.decode(), "below the payer no amount"


# In a browser: both sides, by mouse in French and by the keyboard alone in English.


def test_asked_and_accepted_in_french(scene: Scene, enter: Enter) -> None:
    page = enter("theo")
    page.goto(f"{users_url(scene, 'clinic')}new/?site={scene.sites['echirolles']}&type=cr")
    page.get_by_label("Prénom").fill("Cléo")
    page.get_by_label("Votre message").fill("Cléo arrive lundi.")
    page.get_by_role("button", name="Demander 1 siège Relation client").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 siège Relation client pour Cléo")
    address = page.url
    decider = enter("maud")
    decider.goto("/requests/")
    row = decider.get_by_role("row", name=re.compile("Cléo"))
    expect(row).to_contain_text("€")
    expect(decider.locator("#sum")).to_contain_text("Tout accepter ferait")
    row.get_by_role("link", name="Répondre à Théo Lantier").click()
    expect(decider).to_have_url(address)
    decider.get_by_role("button", name=re.compile("Accepter et créer l’utilisateur, .* HT")).dblclick()
    expect(decider.locator("#notes")).to_contain_text("La demande est acceptée.")
    page.reload()
    expect(page.get_by_role("heading", name="Acceptée par Maud Ferrandis")).to_be_visible()
    page.get_by_role("link", name="Ouvrir l’utilisateur").click()
    expect(page.get_by_label("Prénom")).to_have_value("Cléo")


def press_to(page: Page, name: str, role: str = "button") -> None:
    """Reaches a control with Tab alone, and presses Enter."""
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name}")


def test_declined_by_keyboard_in_english(scene: Scene, enter: Enter) -> None:
    url = ask(scene, "Gus", site="echirolles")
    decider = enter("maud", locale="en-GB")
    decider.get_by_role("button", name="English").click()
    try:
        decider.goto(url)
        expect(decider.get_by_role("heading", level=1)).to_have_text("1 Customer Relationship seat for Gus")
        decider.locator("summary", has_text="Decline").focus()
        decider.keyboard.press("Enter")
        decider.keyboard.press("Tab")
        decider.keyboard.type("A seat gets free on Friday.")
        press_to(decider, "Decline the request")
        expect(decider.locator("#notes")).to_contain_text("The request is declined.")
        expect(decider.get_by_role("heading", name="Declined by Maud Ferrandis")).to_be_visible()
        decider.go_back()
        decider.reload()
        expect(decider.get_by_role("button", name="Decline the request")).to_have_count(0)
    finally:
        decider.get_by_role("button", name="Français").click()


@pytest.mark.parametrize("person", ["maud", "theo"])
def test_no_sideways_scrolling_on_a_phone(scene: Scene, enter: Enter, person: str) -> None:
    url = ask(scene, f"Phone{person}", site="echirolles")
    page = enter(person, viewport={"width": 390, "height": 844})
    for path in ("/requests/?priced=1", url):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
