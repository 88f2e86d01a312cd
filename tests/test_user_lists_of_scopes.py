"""Lists of users over a scope, by REST: searched by words, filtered, sorted, and bound by the scope (SPEC 3, 5)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.scope import acting
from strapontin.kit.names import search_words
from strapontin.seats import listing
from strapontin.seats.filters import UserFilter
from tests.api.client import ApiClient
from tests.cast import Cast, Customer
from tests.servers import Database

PEOPLE = (
    ("Anaïs", "Le Goff", "anais@brumes.example", "4127"),
    ("Jean-Pierre", "Œuvrard", "jp.oeuvrard@brumes.example", "4128"),
    ("Zoë", "Müller", "zoe@münchen.example", ""),
)


@pytest.fixture
def scope(cast: Cast) -> Iterator[Cast]:
    """Three customers, each with three users on a site of its own name."""
    cast.clock("2022-09-15")
    for customer, name in ((cast.brumes, "Lyon, Part-Dieu"), (cast.lagune, "Nîmes"), (cast.zenith, "Lyon, Bellecour")):
        site = customer.site(name)
        site.allocate(voice=2, uc=1)
        for number, (first_name, last_name, email, extension) in enumerate(PEOPLE):
            more = {"last_name": last_name, "email": email, "extension": extension}
            assert site.add_user(first_name, "uc" if number == 1 else "voice", **more).status == 201
    yield cast


def names(client: ApiClient, query: str = "", customer: Customer | None = None) -> list[str]:
    """The names that a list answers, all its pages of two users together."""
    path = f"{customer.path}/users" if customer else "/users"
    return [user["first_name"] for user in client.everything(f"{path}?limit=2&{query}")]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("goff", ["Anaïs"]),
        ("le go", ["Anaïs"]),
        ("ANAIS GOFF", ["Anaïs"]),
        ("goff anaïs", ["Anaïs"]),
        ("oeuv", ["Jean-Pierre"]),
        ("pierre jean", ["Jean-Pierre"]),
        ("oeuvrard@brumes", ["Jean-Pierre"]),
        ("munchen", ["Zoë"]),
        ("412", ["Anaïs", "Jean-Pierre"]),
        ("4127 lyon", ["Anaïs"]),
        ("part dieu muller", ["Zoë"]),
        ("brumes zoe", ["Zoë"]),
        ("nimes", []),
        ("' | & ! :* <-> \\", ["Anaïs", "Zoë", "Jean-Pierre"]),
        ("erre", []),
        ("019", []),
    ],
)
def test_words_are_found_in_any_order_without_case_and_accents(scope: Cast, search: str, found: list[str]) -> None:
    assert names(scope.brumes.administrator, f"q={_quoted(search)}") == found
    assert names(scope.provider, f"search={_quoted(search)}", scope.brumes) == found


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def test_a_list_ends_where_the_scope_ends(scope: Cast) -> None:
    assert len(names(scope.provider)) == 9
    assert len(names(scope.partner_administrator(scope.opaline))) == 6
    assert len(names(scope.partner_administrator(scope.ouest))) == 3
    assert len(names(scope.partner_administrator(scope.tramontane), "q=lyon")) == 3
    assert len(names(scope.zenith.administrator)) == 3
    below = scope.partner_administrator(scope.ouest)
    assert names(below, "q=lyon") == names(below, "q=goff lyon".replace(" ", "%20")) == []
    assert names(below, "q=4127") == ["Anaïs"]
    others = scope.partner_administrator(scope.tramontane)
    assert names(others, f"customer={scope.brumes.id}") == []
    assert others.get(f"{scope.brumes.path}/users").status == 404
    assert names(scope.zenith.administrator, f"customer={scope.brumes.id}") == []


def test_nothing_of_a_request_leads_beyond_the_scope(scope: Cast) -> None:
    """Filters, places in a list and exact e-mails that belong to somebody else, in every order."""
    foreign = scope.provider.everything(f"{scope.brumes.path}/users")
    place = scope.provider.get("/users?limit=1&sort=customer")["next"]
    for reader in (scope.partner_administrator(scope.tramontane), scope.zenith.administrator):
        for sort in ("name", "site", "type", "customer", "-customer"):
            whole = {user["id"] for user in reader.everything(f"/users?sort={sort}")}
            assert len(whole) == 3 and whole.isdisjoint(user["id"] for user in foreign)
            for query in (f"site={foreign[0]['site']}", f"customer={scope.brumes.id}", "q=dieu"):
                assert reader.get(f"/users?sort={sort}&{query}").items == [], (sort, query)
        read_on = reader.get(f"/users?sort=customer&cursor={place}")
        assert whole.issuperset(user["id"] for user in read_on.items)


def test_users_of_a_customer_in_the_archive_are_listed_with_it_alone(scope: Cast) -> None:
    with scope.database.superuser() as connection:
        archive = "UPDATE customer SET status = 'expired', archived_at = now() WHERE id = %s"
        connection.execute(archive, [scope.zenith.id])
    assert len(names(scope.provider)) == 6 and len(names(scope.provider, "q=lyon")) == 3
    assert len(names(scope.provider, f"customer={scope.zenith.id}")) == 3
    assert len(names(scope.provider, "", scope.zenith)) == 3


def test_each_order_goes_through_all_users_once_both_ways(scope: Cast) -> None:
    client = scope.provider
    for sort in ("name", "site", "type", "customer"):
        users = client.everything(f"/users?limit=2&sort={sort}")
        assert len({user["id"] for user in users}) == len(users) == 9
        backwards = client.everything(f"/users?limit=2&sort=-{sort}")
        assert [user["id"] for user in backwards] == [user["id"] for user in reversed(users)]
    of_type = [user["type"] for user in client.everything("/users?limit=2&sort=type")]
    assert of_type == sorted(of_type) == ["uc"] * 3 + ["voice"] * 6
    customers = [user["customer"] for user in client.everything("/users?limit=2&sort=customer")]
    assert sum(one != other for one, other in pairwise(customers)) == 2
    cursor = client.get("/users?limit=2&sort=site")["next"]
    assert client.get(f"/users?limit=2&sort=name&cursor={cursor}").code == "invalid"


def test_filters(scope: Cast) -> None:
    client, brumes = scope.provider, scope.brumes
    assert names(client, "type=uc", brumes) == ["Jean-Pierre"]
    users = {user["first_name"]: user["id"] for user in client.everything(f"{brumes.path}/users")}
    assert client.patch(f"{brumes.path}/users/{users['Zoë']}", {"enabled": False}).status == 200
    assert names(client, "state=disabled") == ["Zoë"]
    assert names(client, "state=active", brumes) == ["Anaïs", "Jean-Pierre"]
    assert names(client, "state=refused") == names(client, "state=waiting") == names(client, "difference=any") == []
    assert client.get("/users?state=dancing").status == 422
    assert client.get("/users?type=fax").items == []
    site = brumes.site("Brest")
    site.attach()
    site.allocate(voice=1)
    site.add_user("Yann", email="yann@brumes.example")
    assert names(client, "state=waiting") == ["Yann"]
    assert names(client, f"site={site.id}") == ["Yann"]


def test_users_who_differ_from_their_stack(cast: Cast) -> None:
    site = cast.brumes.site("Brest")
    site.allocate(voice=9)
    site.add_user("Yann", email="yann@brumes.example")
    cast.arrive_on_stack(site, 2)
    assert names(cast.provider, "difference=absent") == ["Yann"]
    assert names(cast.provider, "difference=any") == ["Yann"]
    assert names(cast.provider, "difference=staying") == names(cast.provider, "difference=unchanged") == []


def test_many_places_and_many_users_are_found_alike(scope: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever way the list is read, it answers the same users."""
    searches = ("lyon", "goff lyon", "brumes", "4127", "lyon bellecour oeuvrard", "le", "zenith lyon zoe")
    client = scope.provider
    found = {search: names(client, f"q={search}") for search in searches}
    for limits in ({"MOST_PLACES": 0}, {"MOST_PLACES": 0, "MOST_CUSTOMERS": 0}, {"FEW_USERS": 0}):
        for name, limit in limits.items():
            monkeypatch.setattr(listing, name, limit)
        for search in searches:
            assert names(client, f"q={search}") == found[search], (limits, search)
    assert found["goff lyon"] == ["Anaïs", "Anaïs"] and found["lyon bellecour oeuvrard"] == ["Jean-Pierre"]


def test_a_search_that_reads_everybody_is_given_up(scope: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LONGEST", "1ms")
    monkeypatch.setattr(listing, "_MATCHES", "SELECT pg_sleep(2) FROM seat_user u WHERE {narrow}")
    answer = scope.provider.get("/users?q=goff")
    assert (answer.status, answer.code) == (422, "search_too_wide")
    monkeypatch.undo()
    assert scope.provider.get("/users?q=goff").status == 200


def test_counts_stop_where_they_are_told(scope: Cast) -> None:
    actor = Actor(
        kind="api_key", id=UUID(int=1), name="", roles=frozenset(["users"]), door="api", provider=True,
        partner_id=None, customer_id=None, language="en",
    )  # fmt: skip
    with acting(actor):
        reader = grants.user_reader(actor)
        counts: list[Any] = [
            listing.page_of_users(reader, limit=1, most=most, only=UserFilter(search=search))[1]
            for most, search in ((9, ""), (8, ""), (9, "goff"), (2, "goff"))
        ]
    assert [(count.users, count.more) for count in counts] == [(9, False), (8, True), (3, False), (2, True)]


def test_words_in_python_are_those_of_the_database(database: Database) -> None:
    texts = ["Jean-Pierre Œuvrard", "zoe@münchen.example", "+33 (0)4", "O'Hara’s \\ & | :*", "王小明", "ÀÉ" * 400, ""]
    with database.superuser() as connection:
        for text in texts:
            row = connection.execute("SELECT tsvector_to_array(search_words(%s))", [text]).fetchone()
            assert row is not None and sorted(row[0]) == sorted(search_words(text))
