"""The door itself: one press is one order, refusals and faults take everything back and become pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError
from django.test import Client

from strapontin.access import grants
from strapontin.access.scope import acting
from strapontin.allocations.queries import ledger
from strapontin.customers.sites import create_site
from strapontin.kit.database import exists
from strapontin.web.subscriptions.views import overview
from strapontin.web.urls import urlpatterns
from tests.pages.access import POST, ROWS
from tests.pages.scene import Scene
from tests.pages.tour import places

if TYPE_CHECKING:
    from tests.pages.conftest import SignIn


def field(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)
    assert found, name
    return found[1]


def rows_of(scene: Scene, customer: str) -> int:
    """How many rows the ledger of a customer has."""
    with acting(scene.actor):
        return len(ledger(grants.allocation_manager(scene.actor, scene.customers[customer]), limit=500))


def test_a_form_sent_twice_is_done_once(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("maud")
    url = f"/customers/{scene.customers['clinic']}/sites/{scene.sites['grenoble']}/"
    shown = client.get(url + "?voice=15").content.decode()
    form = {name: field(shown, name) for name in ("once", "digest", "was-voice", "was-uc", "was-cr")}
    form |= {"voice": "15", "uc": form["was-uc"], "cr": form["was-cr"], "confirm": "yes"}
    before = rows_of(scene, "clinic")
    first, second = client.post(url, form), client.post(url, form)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert rows_of(scene, "clinic") == before + 1
    # The note is said again, since the first answer may never have arrived.
    assert "enregistré" in client.get(second.headers["Location"]).content.decode()


def test_a_removal_sent_twice_is_done_once(scene: Scene, sign_in: SignIn) -> None:
    """The user is not there any more, since the first press removed it."""
    client = sign_in("solene")
    users = f"/customers/{scene.customers['clinic']}/users/"
    typed = {"first_name": "Grace", "site": scene.sites["echirolles"], "type": "voice", "action": "create"}
    assert client.post(f"{users}new/", typed).status_code == 302
    (found,) = re.findall(rf'href="({users}[^"/]+/)"[^>]*>\s*Grace', client.get(f"{users}?q=Grace").content.decode())
    form = {"once": field(client.get(f"{found}remove/").content.decode(), "once")}
    first, second = client.post(f"{found}remove/", form), client.post(f"{found}remove/", form)
    assert (first.status_code, first.headers["Location"]) == (302, users)
    assert (second.status_code, second.headers.get("Location")) == (302, users)


def test_the_same_form_with_other_values_is_another_order(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("solene")
    url = f"/customers/{scene.customers['clinic']}/users/new/"
    once = field(client.get(url).content.decode(), "once")
    made = []
    for name in ("Ada", "Ada", "Alan"):
        typed = {"once": once, "first_name": name, "site": scene.sites["echirolles"], "type": "voice"}
        made.append(client.post(url, typed | {"action": "create"}).status_code)
    assert made == [302, 302, 302]
    found = client.get(
        f"/customers/{scene.customers['clinic']}/users/?site={scene.sites['echirolles']}"
    ).content.decode()
    assert found.count(">Ada<") == 1 and found.count(">Alan<") == 1


def test_an_outdated_digest_saves_nothing(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("maud")
    url = f"/customers/{scene.customers['bakery']}/sites/{scene.sites['oven']}/"
    shown = client.get(url + "?voice=16").content.decode()
    form = {"voice": "16", "was-voice": "15", "uc": "2", "was-uc": "2", "cr": "0", "was-cr": "0"}
    form |= {"digest": field(shown, "digest"), "confirm": "yes"}
    scene.allocate("bakery", "oven", scene.settings().now(), uc=3)
    before = rows_of(scene, "bakery")
    answer = client.post(url, form)
    assert answer.status_code == 409
    assert "Les chiffres ont changé" in answer.content.decode()
    assert rows_of(scene, "bakery") == before


def test_an_edit_of_what_somebody_else_changed(scene: Scene, sign_in: SignIn) -> None:
    url = f"/customers/{scene.customers['garage']}/edit/"
    first, second = sign_in("maud"), sign_in("provider")
    version = field(first.get(url).content.decode(), "version")
    form = {
        "name": "Garage Cornemuse",
        "client_id": "C-1",
        "purchase_order": "",
        "term_months": "1",
        "version": version,
    }
    assert first.post(url, form).status_code == 302
    answer = second.post(url, form | {"client_id": "C-2"})
    assert answer.status_code == 412
    assert 'value="C-2"' in answer.content.decode(), "what was typed stays"


def test_a_fault_has_a_reference_that_the_log_has_too(
    scene: Scene, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("no figures")

    monkeypatch.setattr(overview, "types", broken)
    answer = sign_in("maud").get("/subscriptions/", headers={"accept-language": "fr"})
    assert answer.status_code == 500
    reference = re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", answer.content.decode())
    assert reference and reference[0] in caplog.text
    assert "no figures" not in answer.content.decode()


def test_a_database_that_does_not_answer(scene: Scene, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: object, **_more: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(overview, "types", away)
    answer = sign_in("maud").get("/subscriptions/")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


def test_a_fault_takes_everything_back(scene: Scene, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from strapontin.web.customers.views import sites

    def after_the_fact(*arguments: object, **more: object) -> None:
        real(*arguments, **more)  # type: ignore[arg-type]
        raise RuntimeError("too late")

    real = create_site
    monkeypatch.setattr(sites, "create_site", after_the_fact)
    url = f"/customers/{scene.customers['garage']}/sites/new/"
    assert sign_in("maud").post(url, {"name": "Annexe fantôme"}).status_code == 500
    with acting(scene.actor):
        grants.customer(scene.actor, scene.customers["garage"])
        assert not exists("SELECT 1 FROM site WHERE name = 'Annexe fantôme'")


def test_a_form_from_elsewhere(scene: Scene, sign_in: SignIn) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.cookies = sign_in("maud").cookies
    answer = client.post(f"/customers/{scene.customers['garage']}/sites/new/", {"name": "Ailleurs"})
    assert answer.status_code == 403
    assert "Ce formulaire" in answer.content.decode()


def test_signing_in_leads_back_after_a_post_too(scene: Scene) -> None:
    client = Client(SERVER_NAME="localhost")
    page = f"/customers/{scene.customers['garage']}/"
    answer = client.post(page + "synchronize/", headers={"referer": f"http://localhost{page}?q=1"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"next={page}%3Fq%3D1")


def test_one_policy_for_all_pages(scene: Scene, sign_in: SignIn) -> None:
    answer = sign_in("maud").get("/subscriptions/")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert " style=" not in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["login/", "logout/", "inactive/", "signup/", "password/change/", "password/reset/", "password/reset/done/"]
)
def test_sign_in_pages_are_ours_in_both_languages(path: str, scene: Scene, sign_in: SignIn) -> None:
    for client in (Client(SERVER_NAME="localhost"), sign_in("maud")):
        for language in ("fr", "en"):
            client.cookies["django_language"] = language
            answer = client.get(f"/accounts/{path}", follow=True)
            assert answer.status_code == 200
            assert "strapontin.css" in answer.content.decode()
            if "/accounts/" in answer.request["PATH_INFO"]:
                shown = re.search(r'<html lang="(..)"', answer.content.decode())
                assert shown and shown[1] == (language if client.cookies.get("sessionid") is None else "fr")


def test_what_nobody_needs_is_not_there(sign_in: SignIn) -> None:
    client = sign_in("maud")
    for path in ("email/", "confirm-email/", "3rdparty/"):
        assert client.get(f"/accounts/{path}").status_code == 404


def test_an_address_without_a_page_says_so(scene: Scene, sign_in: SignIn) -> None:
    url = f"/customers/{scene.customers['garage']}/synchronize/"
    client = sign_in("maud")
    answer = client.get(url)
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    assert "pas de page à cette adresse" in answer.content.decode()
    english = Client(SERVER_NAME="localhost").get("/language/", headers={"accept-language": "en"})
    assert english.status_code == 405 and "There is no page at this address" in english.content.decode()


def test_another_language_leads_from_a_refused_form_to_a_page(scene: Scene, sign_in: SignIn) -> None:
    """What answers a form has the form's address: nobody comes back there, unless it is a page's own too."""
    client = sign_in("theo")
    refused = client.post(f"/customers/{scene.customers['garage']}/synchronize/")
    assert refused.status_code in (403, 404)
    assert field(refused.content.decode(), "next") == "/"
    page = f"/customers/{scene.customers['clinic']}/users/new/"
    mistaken = client.post(page, {"first_name": ""})
    assert mistaken.status_code == 422 and field(mistaken.content.decode(), "next") == page
    for pattern in urlpatterns:
        posted = ROWS[str(pattern.name)][0] == POST
        assert getattr(pattern.callback, "post_only", False) == posted, pattern.name


@pytest.mark.parametrize("number", ["9" * 5000, "²", "٣", "-1", "0", "1e3", "99"])
def test_no_number_in_an_address_or_a_form_is_a_fault(number: str, scene: Scene, sign_in: SignIn) -> None:
    client, clinic = sign_in("maud"), f"/customers/{scene.customers['clinic']}"
    site = f"{clinic}/sites/{scene.sites['grenoble']}"
    invoice = places().invoice
    for path in (
        f"/subscriptions/customers/?page={number}",
        f"/invoices/{invoice}/?page={number}",
        f"{site}/voice/hand-back/?seats={number}",
        f"{site}/move/?seats={number}",
        f"{site}/?voice={number}",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        # A page beyond the last one is the last one, not an empty one.
        if "page=" in path:
            assert '<table class="table' in answer.content.decode()
            assert "Aucun client" not in answer.content.decode()
    user_id = next(found for key, found in scene.users.items() if key.startswith("grenoble cr"))
    form = {"first_name": "Rose", "site": scene.sites["grenoble"], "type": "cr", "version": number}
    assert client.post(f"{clinic}/users/{user_id}/", form).status_code in (302, 412)
    names = {"name": "Clinique des Trois Chênes", "term_months": "12", "version": number}
    assert client.post(f"{clinic}/edit/", names).status_code in (302, 412, 422)
