"""The list of users and what is done with a selection of them: by clicks, by keyboard, twice, too late (SPEC 5, 9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from strapontin.seats.bulk import MOST_USERS
from tests.pages.scene import Scene
from tests.pages.test_exports import table, workbook

if TYPE_CHECKING:
    from django.test import Client

    from tests.pages.conftest import Enter, SignIn

CHANGE = "/users/change/"


def keys(scene: Scene, site: str, customer: str, count: int = 100) -> list[str]:
    """Users of a site, as the list's tick boxes name them."""
    of_site = [user for key, user in scene.users.items() if key.startswith(site)]
    return [f"{scene.customers[customer]}.{user}" for user in of_site[:count]]


def names(client: Client, url: str) -> list[str]:
    """The names of a page of the list."""
    page = client.get(url).content.decode()
    return re.findall(r'<a class="name" href="[^"]+" hx-boost="false">([^<]+)</a>', page)


def posted(client: Client, **fields: Any) -> Any:
    """A form of the selection, sent."""
    return client.post(CHANGE, fields)


def asked(client: Client, **fields: Any) -> Any:
    """The page that asks, by its address."""
    return client.get(CHANGE, fields)


def hidden(page: str, name: str) -> str:
    """What a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def test_the_list_goes_over_the_scope(scene: Scene, sign_in: SignIn) -> None:
    maud, provider, outsider = sign_in("maud"), sign_in("provider"), sign_in("outsider")
    page = maud.get("/users/").content.decode()
    assert "Clinique des Trois Chênes" in page and "Boulangeries Tournesol" in page
    assert "Zénith Spectacles" not in page
    assert len(names(outsider, "/users/")) == 2
    assert "Zénith Spectacles" in provider.get("/users/?q=zenith").content.decode()
    assert names(maud, "/users/?q=zenith") == []
    assert names(maud, "/users/?q=caradec+tournesol") == names(maud, "/users/?q=TOURN+carad")
    seen: list[str] = []
    url = "/users/?sort=-site"
    while url:
        page = maud.get(url).content.decode()
        seen += re.findall(r'value="([0-9a-f-]{36}\.[0-9a-f-]{36})"', page)
        onward = re.search(r'id="page-next" href="([^"]+)"', page)
        url = onward[1].replace("&amp;", "&") if onward else ""
    assert len(seen) == len(set(seen)) == 45


def test_files_hold_what_the_filters_leave(scene: Scene, sign_in: SignIn) -> None:
    maud = sign_in("maud")
    maud.post("/language/", {"language": "fr"})
    query = "?q=clinique&type=uc&sort=-name"
    shown = names(maud, f"/users/{query}")
    link = re.search(r'href="(/users\.csv[^"]+)"', maud.get(f"/users/{query}").content.decode())
    assert link is not None
    head, *rows = table(maud.get(link[1].replace("&amp;", "&")).content.decode(), ";")
    assert head[:4] == ["Client", "Prénom", "Nom", "Adresse e-mail"]
    assert [f"{row[1]} {row[2]}" for row in rows] == shown and len(rows) == 5
    assert {row[0] for row in rows} == {"Clinique des Trois Chênes"} and {row[5] for row in rows} == {
        "Communication unifiée"
    }
    assert [row[1:3] for row in workbook(maud.get(f"/users.xlsx{query}").content)[1:]] == [row[1:3] for row in rows]
    clinic = f"/customers/{scene.customers['clinic']}/users"
    assert len(table(maud.get(f"{clinic}.csv?site={scene.sites['meylan']}").content.decode(), ";")) == 1 + 4


def test_a_selection_is_shown_with_its_effect_and_done_once(scene: Scene, sign_in: SignIn) -> None:
    maud = sign_in("maud")
    users = " ".join(keys(scene, "echirolles voice", "clinic", 3))
    page = asked(maud, users=users, action="change_type").content.decode()
    assert "h-effect" not in page and hidden(page, "users") == users
    shown = asked(maud, users=users, action="change_type", type="cr")
    page = shown.content.decode()
    assert shown.status_code == 200 and "€" in page
    form = {"users": users, "action": "change_type", "type": "cr", "step": "allocate", "query": ""}
    form |= {"digest": hidden(page, "digest"), "once": hidden(page, "once")}
    stale = posted(maud, **form | {"digest": "of something else"})
    assert stale.status_code == 409 and hidden(stale.content.decode(), "digest") == form["digest"]
    for _twice in range(2):
        done = posted(maud, **form)
        assert (done.status_code, done.headers["Location"]) == (302, "/users/")
    assert len(names(maud, "/users/?q=echirolles&type=cr")) == 3
    again = posted(maud, **form | {"once": "another"})
    assert again.status_code == 302, "they already are so"


def test_what_cannot_be_done_is_said(scene: Scene, sign_in: SignIn) -> None:
    maud, theo = sign_in("maud"), sign_in("theo")
    several = [*keys(scene, "grenoble", "clinic", 1), *keys(scene, "oven", "bakery", 1)]
    assert asked(maud, user=several, action="remove").headers["Location"] == "/users/"
    assert asked(maud, action="remove").status_code == 302
    assert asked(maud, user=["", "x.y", "…"], action="remove").status_code == 302
    assert asked(maud, user=keys(scene, "hall", "zenith", 1), action="remove").status_code == 404
    too_many = [f"{scene.customers['clinic']}.{number:032x}" for number in range(MOST_USERS + 1)]
    assert posted(maud, users=" ".join(too_many), action="remove").status_code == 302
    gone = posted(maud, users=too_many[0], action="remove", step="do")
    assert gone.status_code == 409
    nowhere = posted(maud, user=keys(scene, "grenoble", "clinic", 1), action="move", step="do")
    assert nowhere.status_code == 422
    other = posted(maud, user=several[:1], action="move", site=scene.sites["oven"], step="do")
    assert other.status_code == 404
    page = asked(theo, user=keys(scene, "grenoble voice", "clinic", 9), action="change_type", type="uc")
    text = page.content.decode()
    assert "€" not in text and "Maud Ferrandis" in text and 'value="allocate"' not in text
    assert re.search(r"/requests/new/\?site=[0-9a-f-]+&amp;uc=\d", text), "one can ask for the seats"


def test_all_that_a_list_found_are_selected(scene: Scene, sign_in: SignIn) -> None:
    maud = sign_in("maud")
    page = asked(maud, all="4", query="?q=meylan", action="disable").content.decode()
    assert len(hidden(page, "users").split()) == 4
    clinic = str(scene.customers["clinic"])
    query = f"?site={scene.sites['meylan']}"
    assert hidden(asked(maud, all="4", query=query, customer=clinic, action="disable").content.decode(), "users")
    done = posted(maud, users=hidden(page, "users"), action="disable", step="do", query="?q=meylan")
    assert done.headers["Location"] == "/users/?q=meylan"
    assert len(names(maud, "/users/?q=meylan&state=disabled")) == 4


def test_by_keyboard(scene: Scene, enter: Enter) -> None:
    page = enter("maud", viewport={"width": 1440, "height": 900})
    page.goto(f"/customers/{scene.customers['bakery']}/users/")
    said = page.locator("[data-selected][role=status]")
    page.locator("[data-select]").first.focus()
    page.keyboard.press("Space")
    assert said.text_content() == "1 utilisateur sélectionné"
    page.locator("[data-select]").nth(3).click(modifiers=["Shift"])
    assert said.text_content() == "4 utilisateurs sélectionnés"
    page.locator("[data-select-all]").focus()
    page.keyboard.press("Space")
    assert said.text_content() == "14 utilisateurs sélectionnés"
    assert violations(page) == []
    page.locator("#selection button[value=move]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#choice-site")
    page.select_option("#choice-site", label="Le fournil")
    page.locator("form[method=get] .actions button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#h-effect")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.go_back()
    assert page.locator("h1").text_content() == "Déplacer 14 utilisateurs"
    page.go_back()
    assert page.locator("h1").text_content() == "Utilisateurs"


def violations(page: Any) -> list[str]:
    """What axe finds, by rule."""
    return [violation["id"] for violation in Axe().run(page).response["violations"]]
