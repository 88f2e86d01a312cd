"""A partner moves under another: its customers' figures go along, and who was let in from outside is told (SPEC 3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from strapontin.access.actors import system
from strapontin.access.operations import ScopeGiven
from strapontin.access.scope import acting
from strapontin.jobs.daily import look_ahead
from strapontin.organisation.settings import load
from tests.answers import rows
from tests.api.client import ApiClient
from tests.api.test_administrators import invite, is_signed_in, key_made_by, signed_in
from tests.cast import Cast, Site
from tests.concurrently import together
from tests.reading import reading


def move_to(cast: Cast, partner: str, parent: str | None, end: list[str] | None = None) -> Any:
    body = {"parent": parent} | ({"end": end} if end is not None else {})
    return cast.provider.post(f"/partners/{partner}/move", body)


def preview(cast: Cast, partner: str, parent: str | None) -> Any:
    answer = cast.provider.post(f"/partners/{partner}/move/preview", {"parent": parent})
    assert answer.status == 200, answer.body
    return answer


def voice(who: ApiClient) -> tuple[int, int]:
    """Voice seats of the reader's scope: allocated and used."""
    (figures,) = (figures for figures in who.get("/overview")["types"] if figures["type"] == "voice")
    return figures["allocated"], figures["used"]


def names(who: ApiClient) -> set[str]:
    return {customer["name"] for customer in who.get("/customers")["items"]}


def test_figures_customers_and_what_is_ahead_move(cast: Cast) -> None:
    cast.clock("2022-09-01")
    site = cast.lagune.site("Eybens")
    site.allocate(voice=3)
    site.add_users(2)
    cast.clock("2022-11-01")
    opaline, tramontane, ouest = (
        cast.partner_administrator(partner) for partner in (cast.opaline, cast.tramontane, cast.ouest)
    )
    journal = len(ouest.everything("/journal"))
    assert (voice(opaline), voice(tramontane)) == ((3, 2), (0, 0))
    assert len(opaline.get("/seat-warnings")["items"]) == 1
    assert preview(cast, cast.ouest, cast.tramontane)["customers"] == 1
    assert move_to(cast, cast.ouest, cast.tramontane).status == 200
    assert (voice(opaline), voice(tramontane), voice(ouest)) == ((0, 0), (3, 2), (3, 2))
    assert (names(opaline), names(tramontane)) == ({"Les Brumes"}, {"La Lagune", "Zénith"})
    assert opaline.get(cast.lagune.path).code == "not_found"
    assert tramontane.get(cast.lagune.path).status == 200
    assert opaline.get("/seat-warnings")["items"] == []
    assert len(tramontane.get("/seat-warnings")["items"]) == 1
    assert len(ouest.everything("/journal")) == journal + 1
    assert move_to(cast, cast.ouest, None)["parent"] is None


def test_a_period_that_started_stays_with_its_payer(cast: Cast) -> None:
    """The running month is invoiced to the payer of its beginning, the next one to the new one."""
    cast.lagune.site().allocate(voice=2)
    for customer in (cast.brumes, cast.zenith):
        customer.site().allocate(voice=1)
    cast.clock("2022-11-15")
    before = cast.bill("2022-11-01")
    assert before["parked"] == []
    assert move_to(cast, cast.ouest, cast.tramontane).status == 200
    cast.clock("2022-12-01")
    cast.bill("2022-12-01")

    def customers(payer: str, day: str) -> set[str]:
        return {line["customer"] for invoice in cast.invoices(day, payer) for line in invoice["lines"]}

    assert cast.lagune.id in customers(cast.opaline, "2022-11-01")
    assert cast.lagune.id not in customers(cast.opaline, "2022-12-01")
    assert cast.lagune.id in customers(cast.tramontane, "2022-12-01")


@pytest.fixture
def people(cast: Cast) -> dict[str, str]:
    """Who was let in at or below Ouest, by Opaline, by Ouest itself and by the provider."""
    opaline, ouest = cast.partner_administrator(cast.opaline), cast.partner_administrator(cast.ouest)
    below = {"partner": cast.ouest}
    key = {"name": "Of Opaline", "scope": {"customer": cast.lagune.id}, "roles": ["users"]}
    return {
        "by opaline": invite(opaline, "a@example.org", below).rpartition("/")[2],
        "by opaline, at the customer": invite(opaline, "b@example.org", {"customer": cast.lagune.id}).rpartition("/")[
            2
        ],
        "key by opaline": opaline.made("/api-keys", key).id,
        "by ouest": invite(ouest, "c@example.org", below).rpartition("/")[2],
        "by the provider": invite(cast.provider, "d@example.org", below).rpartition("/")[2],
        "of opaline": invite(opaline, "e@example.org", {"partner": cast.opaline}).rpartition("/")[2],
    }


def test_a_move_tells_who_was_let_in_from_outside(cast: Cast, people: dict[str, str]) -> None:
    told = {holder["id"]: holder for holder in preview(cast, cast.ouest, cast.tramontane)["made_from_outside"]}
    by_opaline = ("by opaline", "by opaline, at the customer", "key by opaline")
    assert set(told) == {people[name] for name in by_opaline}
    key = told[people["key by opaline"]]
    assert (key["kind"], key["scope"], key["created_by"]["partner"]) == (
        "api_key",
        {"customer": cast.lagune.id},
        "Opaline",
    )
    # Where Opaline stays above, nobody is from outside.
    middle = cast.partner("Opaline Sud", parent=cast.opaline)
    assert preview(cast, cast.ouest, middle)["made_from_outside"] == []
    for parent, code in ((cast.ouest, "would_loop"), (str(uuid4()), "not_found")):
        assert cast.provider.post(f"/partners/{cast.ouest}/move/preview", {"parent": parent}).code == code


def test_they_stay_unless_the_move_ends_them(cast: Cast, people: dict[str, str]) -> None:
    browser = signed_in("b@example.org")
    staying = signed_in("a@example.org")
    scope = ScopeGiven(customer_id=UUID(cast.lagune.id))
    made = key_made_by(f"/administrators/{people['by opaline, at the customer']}", scope)
    assert made.get(cast.lagune.path).status == 200
    stranger = people["by the provider"]
    assert move_to(cast, cast.ouest, cast.tramontane, [stranger]).code == "not_found"
    assert cast.provider.get(f"/partners/{cast.ouest}")["parent"] == cast.opaline, "nothing of it was done"
    ended = [people["by opaline, at the customer"], people["key by opaline"]]
    assert move_to(cast, cast.ouest, cast.tramontane, ended).status == 200
    assert (is_signed_in(browser), is_signed_in(staying)) == (False, True)
    assert made.get(cast.lagune.path).status == 401
    assert cast.provider.get(f"/administrators/{ended[0]}").code == "not_found"
    assert cast.provider.get(f"/api-keys/{ended[1]}")["revoked_at"] is not None
    # Those who stay are told again at the next move.
    left = preview(cast, cast.ouest, None)["made_from_outside"]
    assert [holder["id"] for holder in left] == [people["by opaline"]]


def test_an_administrator_says_who_added_it(cast: Cast) -> None:
    opaline = cast.partner_administrator(cast.opaline)
    address = invite(opaline, "a@example.org", {"customer": cast.brumes.id})
    assert cast.provider.get(address)["created_by"]["name"] == "A partner's administrator"
    # The customer sees of those above only the nearest partner's name.
    assert cast.brumes.administrator.get(address)["created_by"]["name"] == "Opaline"
    (listed, *_) = cast.brumes.administrator.get("/administrators")["items"]
    assert listed["created_by"]["name"] == "Opaline"


def test_seats_are_taken_while_the_partner_moves(cast: Cast) -> None:
    """Claims, changes of allocations, warnings and moves at once: nobody meets a deadlock, and totals agree."""
    cast.clock("2022-09-01")
    sites = [cast.lagune.site(f"Site {number}") for number in range(3)]
    for site in sites:
        site.allocate(voice=30)
    statuses: set[int] = set()

    def claim(site: Site) -> None:
        for number in range(12):
            statuses.add(site.add_user(f"User {number}").status)

    def ask() -> None:
        for number in range(12):
            statuses.add(sites[0].allocate(voice=31 + number).status)

    def move() -> None:
        for parent in (cast.tramontane, cast.opaline) * 4:
            statuses.add(move_to(cast, cast.ouest, parent).status)

    def look() -> None:
        with acting(system()):
            settings = load()
            today = settings.day(settings.now())
        for _ in range(12):
            look_ahead(today, settings=settings)

    together(*(partial(claim, site) for site in sites), ask, move, look)
    assert statuses == {200, 201}
    assert voice(cast.partner_administrator(cast.opaline)) == (42 + 60, 36)
    assert voice(cast.partner_administrator(cast.tramontane)) == (0, 0)
    with reading(UUID(cast.lagune.id)):
        (path,) = rows("SELECT partner_path FROM customer WHERE id = %s", [cast.lagune.id])
        for table in ("customer_total", "seat_warning"):
            assert {tuple(row["partner_path"]) for row in rows(f"SELECT partner_path FROM {table}")} <= {
                tuple(path["partner_path"])
            }


def _keep(answers: list[Any], work: Callable[[], Any]) -> None:
    answers.append(work())


def test_who_is_no_longer_above_lets_nobody_in(cast: Cast) -> None:
    """A key that is made while the partner moves is made before it, and told, or not at all."""
    opaline = cast.partner_administrator(cast.opaline)
    for number in range(6):
        parents = (cast.tramontane, cast.opaline)
        body = {"name": f"Key {number}", "scope": {"partner": cast.ouest}, "roles": ["users"]}
        answers: list[Any] = []
        make = partial(opaline.post, "/api-keys", body)
        together(partial(_keep, answers, make), lambda: move_to(cast, cast.ouest, cast.tramontane))
        assert answers[0].status in (201, 404)
        assert move_to(cast, cast.ouest, parents[1]).status == 200
