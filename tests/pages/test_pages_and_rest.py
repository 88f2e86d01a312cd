"""Figures that agree: in the whole demo, pages, files and REST say the same of each customer and site (SPEC 4, 9)."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client

from tests.servers import Database

if TYPE_CHECKING:
    from tests.api.client import ApiClient

PEOPLE = ("armelle@carillon.example", "maud@opaline.example", "orla@larkspur.example")
CODES = {"Voix": "voice", "Communication unifiée": "uc", "Relation client": "cr"}
HEADINGS = CODES | {"Com. unifiée": "uc"}
Seats = dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def demo(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The demo as ``make run`` builds it."""
    from strapontin.demo.build import build_demo
    from strapontin.demo.stacks import simulators
    from strapontin.provider.defaults import seed_defaults

    database.empty()
    at, home = datetime.now(UTC), tmp_path_factory.mktemp("demo")
    seed_defaults(at=at)
    simulators(home)
    build_demo(home=home, at=at)
    yield
    database.empty()


@pytest.fixture(params=PEOPLE)
def doors(demo: None, request: pytest.FixtureRequest) -> tuple[Client, ApiClient]:
    """Somebody on the pages, in French, and a key of the same scope."""
    from strapontin.access.models import Account, Administrator
    from strapontin.access.operations import ScopeGiven
    from strapontin.demo.furnishing import Furnisher
    from tests.api.client import ApiClient

    account = Account.objects.get(email=request.param)
    person = Administrator.objects.get(email=request.param)
    client = Client(SERVER_NAME="localhost")
    client.force_login(account)
    client.post("/language/", {"language": "fr"})
    scope = ScopeGiven(partner_id=person.partner_id) if person.partner_id else ScopeGiven(provider=True)
    return client, ApiClient(Furnisher().make_key("Same scope", scope))


def number(text: str) -> int:
    """A figure as the pages write it."""
    return int(re.sub(r"\D", "", html.unescape(text)))


def seats_of_row(row: str) -> Seats:
    """Used and allocated seats by type in a row of a table; what is a dash is left out."""
    cells = re.findall(r'data-label="([^"]+)">\s*(<span class="pair">.*?)</td>', row, re.S)
    seats = {}
    for label, cell in cells:
        used, allocated = re.search(r'class="u">([^<]+)<', cell), re.search(r'class="a"[^>]*>([^<]+)<', cell)
        if used and allocated and label in HEADINGS:
            seats[HEADINGS[label]] = (number(used[1]), number(allocated[1]))
    return seats


def seats_of(types: list[dict[str, Any]]) -> Seats:
    """The same of an answer of REST: a type without a seat is a dash on the page."""
    held = [figures for figures in types if figures["allocated"] or figures["used"] or figures["next_cycle"]]
    return {figures["type"]: (figures["used"], figures["allocated"]) for figures in held}


def rows_of(page: str) -> dict[str, str]:
    """The rows of tables of a page by the name in their head."""
    rows = re.findall(r'<tr role="row">(.*?)</tr>', page, re.S)
    named = [(re.search(r'class="name"[^>]*>([^<]+)<', row), row) for row in rows]
    return {html.unescape(name[1]).strip(): row for name, row in named if name}


def card(page: str, type_name: str) -> dict[str, int]:
    """What the card of a type says."""
    found = re.search(rf'<section class="panel stat" aria-label="{type_name}">(.*?)</section>', page, re.S)
    assert found, type_name
    text = re.sub(r"\s+", " ", html.unescape(found[1]))
    said = re.search(r'class="big num">([^<]+)<.*?<b>([^<]+)</b>', text)
    assert said
    facts = dict(re.findall(r"<dt>([^<]+)</dt> <dd>([^<]+)</dd>", text))
    known = {"used": number(said[1]), "allocated": number(said[2]), "unused": number(facts["Sièges restants"])}
    free = facts.get("Libres pour un ajout")
    return known | {"remaining": number(free) if free else known["unused"]}


def exported(client: Client, url: str) -> list[dict[str, str]]:
    """The rows of a CSV, by their heads."""
    text = client.get(url).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def customers_of(rest: ApiClient) -> dict[str, dict[str, Any]]:
    """Every customer of the scope, with its seats."""
    found: dict[str, dict[str, Any]] = {}
    cursor = None
    while True:
        answer = rest.get("/customers?limit=100" + (f"&cursor={cursor}" if cursor else ""))
        found |= {customer["id"]: customer for customer in answer.items}
        cursor = answer["next"]
        if not cursor:
            return found


def test_every_customer_and_site(doors: tuple[Client, ApiClient]) -> None:
    client, rest = doors
    customers = customers_of(rest)
    assert customers
    for customer_id in customers:
        assert_customer_agrees(client, rest, UUID(customer_id), customers[customer_id])


def assert_customer_agrees(client: Client, rest: ApiClient, customer_id: UUID, listed: dict[str, Any]) -> None:
    """The page of a customer, its file, its place in the list and two calls."""
    page = client.get(f"/customers/{customer_id}/").content.decode()
    answer = rest.get(f"/customers/{customer_id}/subscriptions").body
    rows = rows_of(page)
    file = exported(client, f"/customers/{customer_id}/subscriptions.csv")
    assert seats_of(listed["types"]) == seats_of(answer["types"])
    for name, code in CODES.items():
        figures = next(figures for figures in answer["types"] if figures["type"] == code)
        assert figures["unused"] == max(0, figures["allocated"] - figures["used"])
        expected = {key: figures[key] for key in ("used", "allocated", "unused", "remaining")}
        assert card(page, name) == expected, (listed["name"], name)
    for site in answer["sites"]:
        assert seats_of_row(rows[site["name"]]) == seats_of(site["types"]), (listed["name"], site["name"])
        for figures in site["types"]:
            (line,) = (line for line in file if line["Site"] == site["name"] and CODES[line["Type"]] == figures["type"])
            numbers = (line["Sièges restants"], line["Libres pour un ajout"], line["Sièges consommés"])
            assert numbers == (str(figures["unused"]), str(figures["remaining"]), str(figures["used"]))


def full_types(site: dict[str, Any]) -> set[str]:
    """The types of which a site is full, from the figures alone."""
    return {
        figures["type"]
        for figures in site["types"]
        if figures["used"] and not figures["remaining"] and not figures["over"]
    }


def test_states_name_every_full_type(doors: tuple[Client, ApiClient]) -> None:
    """Of every site and customer; a customer full in some type on some site counts as full in list and overview."""
    client, rest = doors
    full, over = set(), set()
    listed = {row["Client"]: row["Statut"] for row in exported(client, "/subscriptions/customers.csv")}
    for customer_id, customer in customers_of(rest).items():
        rows = rows_of(client.get(f"/customers/{customer_id}/").content.decode())
        sites = rest.get(f"/customers/{customer_id}/subscriptions")["sites"]
        for site in sites:
            state = re.sub(r"<[^>]+>", "", re.findall(r'data-label="État">(.*?)</td>', rows[site["name"]], re.S)[0])
            named = {code for heading, code in HEADINGS.items() if heading in state and "Complet" in state}
            above = any(figures["over"] for figures in site["types"])
            assert named == (set() if above else full_types(site)), (customer["name"], site["name"], state)
        if listed[customer["name"]].startswith("Complet"):
            full.add(customer["name"])
            types = set().union(*map(full_types, sites))
            assert {CODES.get(name) or HEADINGS[name] for name in state_types(listed[customer["name"]])} == types
        over |= {customer["name"]} if "Au-dessus" in listed[customer["name"]] else set()
        special = customer["not_for_resale"] or customer["unlimited"] or customer["status"] == "expired"
        above = any(figures["over"] for figures in customer["types"])
        assert (customer["name"] in full) == (any(full_types(site) for site in sites) and not special and not above), (
            customer["name"]
        )
    overview = rest.get("/overview")
    assert (overview["customers_full"], overview["customers_over"]) == (len(full), len(over))
    shown = client.get("/subscriptions/customers/?status=full").content.decode()
    assert len(full) == (number(re.findall(r'role="status">\s*([\d\s ]+) client', shown)[0]) if full else 0)
    todo = client.get("/subscriptions/").content.decode()
    counted = re.search(r'status=full">[^<]+</a>\s*<span class="n">([^<]+)<', todo)
    assert (number(counted[1]) if counted else 0) == len(full)


def state_types(state: str) -> list[str]:
    """The types in "Complet : Voix, Com. unifiée"."""
    return [name.strip() for name in re.split(r"\s:\s", state, maxsplit=1)[1].split(",")]


def test_one_count_of_customers(doors: tuple[Client, ApiClient]) -> None:
    """List, overview, terms, file and REST count the same customers, and say how many are not for resale."""
    client, rest = doors
    customers = customers_of(rest)
    count, left_out = len(customers), sum(customer["not_for_resale"] for customer in customers.values())
    overview = rest.get("/overview")
    assert (overview["customers"], overview["not_for_resale"]) == (count, left_out)
    assert sum(overview["customers_by_term"].values()) == count
    assert len(exported(client, "/subscriptions/customers.csv")) == count
    for url in ("/subscriptions/", "/subscriptions/customers/"):
        page = re.sub(r"\s+", " ", client.get(url).content.decode())
        said = f"{count} clients" if count > 1 else f"{count} client"
        assert f"{said}, dont {left_out} hors revente. Chiffres du" in page or (
            not left_out and f"{said}. Chiffres du" in page
        )
        assert left_out == 0 or f"dont {left_out} hors revente, hors totaux" in page


def test_the_overview(doors: tuple[Client, ApiClient]) -> None:
    """The cards are the sums of the customers, those not for resale left out."""
    client, rest = doors
    page, overview = client.get("/subscriptions/").content.decode(), rest.get("/overview")
    sums = {code: {"used": 0, "allocated": 0, "remaining": 0} for code in CODES.values()}
    for customer in customers_of(rest).values():
        for figures in () if customer["not_for_resale"] else customer["types"]:
            for key in ("used", "allocated", "remaining"):
                sums[figures["type"]][key] += figures[key]
    for name, code in CODES.items():
        (answered,) = (figures for figures in overview["types"] if figures["type"] == code)
        shown = card(page, name)
        assert shown == {key: answered[key] for key in ("used", "allocated", "unused", "remaining")}
        assert {key: shown[key] for key in ("used", "allocated", "remaining")} == sums[code]


def test_the_situation_of_a_day(doors: tuple[Client, ApiClient]) -> None:
    """As of a day and as known on one: the page and its file say what REST says, used seats included."""
    client, rest = doors
    today = datetime.now(UTC).date()
    past = [today - timedelta(days=days) for days in (40, 200)]
    for customer_id, customer in list(customers_of(rest).items())[:6]:
        for on in past:
            page = client.get(f"/customers/{customer_id}/?as_of={on}&known_at=").content.decode()
            answer = rest.get(f"/customers/{customer_id}/subscriptions?as_of={on}").body
            rows = rows_of(page)
            for site in answer["sites"]:
                assert seats_of_row(rows[site["name"]]) == seats_of(site["types"]), (customer["name"], on)
            for name, code in CODES.items():
                (figures,) = (figures for figures in answer["types"] if figures["type"] == code)
                assert card(page, name)["used"] == figures["used"]
            assert "<button" not in re.sub(
                r"<(header|nav|aside).*?</\1>", "", page.split("<main", 1)[1], flags=re.S
            ) or ("Afficher cette situation" in page)
