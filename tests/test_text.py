"""Texts that look alike are equal, whatever they are made of and whichever way they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from strapontin.kit.text import email_form, email_key, has_controls, is_visible, legible, tidy, tidy_lines
from strapontin.refusals import Refusal
from strapontin.web.customers.forms import SiteForm
from strapontin.web.frame.lists import Address
from strapontin.web.provider.forms import RunForm

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.stack_stories import Story

ALIKE = {
    "Hôtel": ("Ho\u0302tel", " Hôtel ", "Hô\u00adtel", "Hôtel\u200b", "\ufeffHôtel", "Hôtel\u200e", "Hô\u200dtel"),
    "Quai Nord": ("Quai  Nord", "Quai\u00a0Nord", "Quai\u202f Nord", "Quai\u3000Nord", "Quai\u2800Nord"),
    # Joiners that make another word stay: Persian, Hindi, Bengali; so do variants of ideographs and families of emoji.
    "می\u200cخواهم": (),
    "क्\u200dष": (),
    "র\u200d্য": (),
    "葛\U000e0100城": (),
    "👩\u200d💻": (),
}
INVISIBLE = [
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u3164",
    "\u115f",
    "\u2800",
    "\u00a0",
    "\u200d",
    "\u0301",
    "\u180e",
]
CONTROLS = ["a\u202eb", "a\u2066b", "a\x07b", "a\x7fb", "a\u2028b"]


def test_texts_that_look_alike_have_one_form() -> None:
    for form, others in ALIKE.items():
        assert tidy(form) == form
        for other in others:
            assert tidy(other) == form, ascii(other)


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_form_is_its_own_form(text: str) -> None:
    for form in (tidy, tidy_lines, legible, email_form):
        assert form(form(text)) == form(text)
    assert not has_controls(legible(text))


@pytest.mark.parametrize("text", INVISIBLE)
def test_invisible_text_is_no_name(cast: Cast, text: str) -> None:
    assert not is_visible(tidy(text))
    site = cast.brumes.site()
    for address, body in (
        ("/customers", {"partner": cast.opaline, "name": text, "term_months": 1}),
        ("/partners", {"name": text}),
        (f"{cast.brumes.path}/sites", {"name": text}),
        (f"{cast.brumes.path}/users", {"first_name": text, "site": site.id, "type": "voice"}),
        ("/api-keys", {"name": text, "scope": {"provider": True}, "roles": []}),
        ("/stacks", {"name": text, "kind": "wazo", "url": "https://stack.example"}),
    ):
        refused = cast.provider.post(address, body)
        assert (refused.status, refused.code) == (422, "invalid"), address
        assert refused["errors"][0]["field"] in ("name", "first_name")
    form = SiteForm({"name": text})
    assert list(form.errors) == ["name"]


@pytest.mark.parametrize("text", CONTROLS)
def test_controls_are_refused(cast: Cast, text: str) -> None:
    refused = cast.provider.post(f"{cast.brumes.path}/sites", {"name": text})
    assert (refused.code, refused["errors"][0]["field"]) == ("invalid", "name")
    with translation.override("en"):
        assert SiteForm({"name": text}).errors["name"] == ["Control characters cannot be part of a text."]


def test_a_name_is_once_in_any_form(cast: Cast) -> None:
    sites = f"{cast.brumes.path}/sites"
    for name, *others in (("H\u00f4tel", "Ho\u0302tel", "Hôtel\u200b"), ("Quai Nord", "Quai  Nord", "Quai\u00a0Nord")):
        assert cast.provider.made(sites, {"name": others[0]})["name"] == name
        for other in (name, *others):
            assert cast.provider.post(sites, {"name": other}).code == "already_exists"


def test_every_door_writes_the_same_form(cast: Cast) -> None:
    partner = cast.provider.made("/partners", {"name": "Alize\u0301  Télécom", "address": "1  quai\r\nMetz\u200b"})
    assert (partner["name"], partner["address"]) == ("Alizé Télécom", "1 quai\nMetz")
    form = SiteForm({"name": "Ho\u0302tel", "address": "1  quai\r\nMetz\u200b\r\n"})
    assert form.is_valid()
    assert (form.cleaned_data["name"], form.cleaned_data["address"]) == ("Hôtel", "1 quai\nMetz")


def test_searches_find_any_form(cast: Cast) -> None:
    for number, name in enumerate(("Hôtel du Port", "ΑΘΗΝΑ Τηλεφωνία", "Жуковка", "Weiß & Söhne"), 1):
        body = {"partner": cast.opaline, "name": name, "term_months": 1, "client_id": f"Réf {number}"}
        cast.provider.made("/customers", body)
    for search, name in (
        ("HO\u0302TEL", "Hôtel du Port"),
        ("hotel  du", "Hôtel du Port"),
        ("αθηνά", "ΑΘΗΝΑ Τηλεφωνία"),
        ("ЖУКОВ", "Жуковка"),
        ("weiss", "Weiß & Söhne"),
        ("REF 4", "Weiß & Söhne"),
    ):
        assert [customer["name"] for customer in cast.provider.get(f"/customers?search={search}").items] == [name]
    cast.provider.made("/partners", {"name": "Ελλάδα Δίκτυα"})
    assert [partner["name"] for partner in cast.provider.get("/partners?search=ΕΛΛΑΔΑ").items] == ["Ελλάδα Δίκτυα"]
    site = cast.brumes.site()
    site.allocate(voice=1)
    site.add_user("Ζωή", email="zoe@mu\u0308nchen.example")
    for search in ("ζωη", "ZOE@MUNCHEN"):
        assert len(cast.provider.get(f"{cast.brumes.path}/users?search={search}").items) == 1


def test_the_search_of_a_screen_has_one_form() -> None:
    from django.http import QueryDict

    assert Address("/", QueryDict("q=Ho%CC%82tel%20%20du%00%E2%80%8B")).get("q") == "Hôtel du"


def test_a_domain_is_one_in_letters_and_in_ascii(cast: Cast) -> None:
    site = cast.brumes.site()
    site.allocate(voice=9)
    first = site.add_user("Jo", email="jo@mu\u0308nchen.example")
    assert first["email"] == "jo@münchen.example"
    for other in (
        "jo@m\u00fcnchen.example",
        "JO@MÜNCHEN.example",
        "jo@xn--mnchen-3ya.example",
        "jo@münchen.Example\u200b",
    ):
        assert site.add_user("Jo", email=other).code == "email_in_use", other
        assert email_key(other) == email_key(first["email"])
    assert site.add_user("Jo", email="jo@xn--zzzz").status == 422


def test_the_local_part_keeps_its_capitals_and_is_composed(story: Story) -> None:
    user = story.add_here("O'Hara@Client.EXAMPLE", allocate_missing=True)
    assert story.read(f"SELECT email FROM seat_user WHERE id = '{user}'") == [{"email": "O'Hara@client.example"}]
    with pytest.raises(Refusal):
        story.add_here("o'hara@client.example", allocate_missing=True)


def test_what_a_stack_says_gets_its_one_form(story: Story) -> None:
    stack_user = next(iter(story.simulator.world.users))
    story.simulator.change_user(
        stack_user, firstname="Zoe\u0301\u200b", lastname="Du\u00a0 Pont\x07", email="zoe\u0301@xn--mnchen-3ya.example"
    )
    story.synchronize()
    names = [(user["first_name"], user["last_name"], user["email"]) for user in story.read("SELECT * FROM seat_user")]
    assert ("Zoé", "Du Pont", "zoé@münchen.example") in names


def test_older_texts_hinder_no_other_change(cast: Cast) -> None:
    site = cast.brumes.site()
    site.allocate(voice=1)
    user = site.add_user("Ana")
    with cast.database.superuser() as connection:
        connection.execute("UPDATE seat_user SET first_name = %s, last_name = %s", ["\u200b", "Ho\u0302tel"])
        connection.execute("UPDATE customer SET name = %s WHERE id = %s", ["\u200b", cast.brumes.id])
        connection.execute("UPDATE site SET name = %s WHERE id = %s", ["\u3164", site.id])
        connection.execute("UPDATE partner SET vat_number = 'ATTENTE', country = 'ZZ' WHERE id = %s", [cast.opaline])
    changed = cast.provider.patch(f"{cast.brumes.path}/users/{user.id}", {"extension": "101"})
    assert (changed["first_name"], changed["extension"]) == ("\u200b", "101")
    assert cast.provider.patch(cast.brumes.path, {"purchase_order": "PO 7"})["purchase_order"] == "PO 7"
    assert cast.provider.patch(f"{cast.brumes.path}/sites/{site.id}", {"address": "1 quai"})["address"] == "1 quai"
    assert cast.provider.patch(f"/partners/{cast.opaline}", {"address": "1 quai"})["vat_number"] == "ATTENTE"


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "3000-01-01", "9999-12-31", "10000-01-01", "1e3", "NaN"])
def test_a_screen_takes_the_days_that_rest_takes(cast: Cast, day: str) -> None:
    assert cast.provider.post("/billing-runs", {"date": day, "preview": True}).code == "invalid"
    assert list(RunForm({"date": day}).errors) == ["date"]
