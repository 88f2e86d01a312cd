"""What is ahead: renewals with what nobody uses, and warnings before seats run out, as days pass (SPEC 4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.jobs.daily import look_ahead
from strapontin.organisation.settings import load
from strapontin.outlook import queries
from tests.cast import Cast, Customer, Site


def today(cast: Cast) -> date:
    return date.fromisoformat(str(cast.provider.get("/clock")["now"])[:10])


def look(cast: Cast) -> None:
    """Looks again, as the worker does every ten minutes."""
    with acting(system()):
        settings = load()
    look_ahead(today(cast), settings=settings)


def leave(site: Site, users: int) -> None:
    """Users of the site leave."""
    path = f"{site.customer.path}/users"
    for user in site.customer.by.get(f"{path}?site={site.id}")["items"][:users]:
        assert site.customer.by.delete(f"{path}/{user['id']}").status == 204


def unused(who: Any) -> list[tuple[str, str, int, str]]:
    """What renews unused: the customer, the site, how many seats, since when."""
    return [
        (renewal["name"], place["site_name"], place["seats"], place["since"])
        for renewal in who.get("/renewals")["items"]
        for place in renewal["unused"]
    ]


def warned(who: Any) -> list[tuple[str, int, str | None]]:
    """The warnings: the site, how many seats are free, when it will be full."""
    return [(place["site_name"], place["free"], place["full_on"]) for place in who.get("/seat-warnings")["items"]]


@pytest.fixture
def annual(cast: Cast) -> Customer:
    """A customer of Opaline for 12 months from 2022-09-01 on."""
    cast.clock("2022-09-01")
    return cast.customer("Annuel", cast.opaline, term_months=12)


def test_a_renewal_is_ahead_for_sixty_days(cast: Cast, annual: Customer) -> None:
    site = annual.site()
    site.allocate(voice=5)
    site.add_users(3)
    for day, ahead in (("2023-07-02", False), ("2023-07-03", True), ("2023-08-31", True), ("2023-09-01", False)):
        cast.clock(day)
        assert bool(cast.provider.get("/renewals")["items"]) is ahead, day


def test_a_stub_is_no_renewal(cast: Cast) -> None:
    cast.clock("2022-09-10")
    cast.customer("Annuel", cast.opaline, term_months=12).site().allocate(voice=5)
    cast.clock("2022-09-20")
    assert cast.provider.get("/renewals")["items"] == []


def test_what_was_unused_all_the_time_is_told_rather_than_what_is_unused_today(cast: Cast, annual: Customer) -> None:
    site = annual.site()
    site.allocate(voice=10)
    site.add_users(7)
    cast.clock("2023-08-01")
    leave(site, 2)
    cast.clock("2023-08-02")
    assert unused(cast.provider) == [("Annuel", "Lyon", 3, "2023-06-03")]


def test_what_is_unused_of_late_says_since_when(cast: Cast, annual: Customer) -> None:
    site = annual.site()
    site.allocate(voice=7)
    site.add_users(7)
    cast.clock("2023-07-10")
    leave(site, 1)
    cast.clock("2023-07-20")
    leave(site, 2)
    cast.clock("2023-08-02")
    assert unused(cast.provider) == [("Annuel", "Lyon", 3, "2023-07-20")]
    renewal = cast.provider.get("/renewals")["items"][0]
    assert renewal["unused"][0]["lower_to"] == 4
    assert renewal["types"] == [{"type": "voice", "seats": 7}]


def test_what_a_decrease_takes_away_is_unused_no_longer(cast: Cast, annual: Customer) -> None:
    site = annual.site()
    site.allocate(voice=10)
    site.add_users(7)
    cast.clock("2023-08-02")
    assert unused(cast.provider) == [("Annuel", "Lyon", 3, "2023-06-03")]
    assert site.allocate(voice=8).status == 201
    look(cast)
    assert unused(cast.provider) == [("Annuel", "Lyon", 1, "2023-06-03")]
    assert site.allocate(voice=7).status == 201
    look(cast)
    assert unused(cast.provider) == []


def test_few_free_seats_warn_once_and_pass(cast: Cast) -> None:
    cast.clock("2022-09-01")
    site = cast.brumes.site()
    site.allocate(voice=4)
    site.add_users(2)
    cast.clock("2022-09-02")
    assert warned(cast.provider) == []
    site.add_users(1)
    cast.clock("2022-11-20")
    assert warned(cast.provider) == [("Lyon", 1, None)]
    site.allocate(voice=8)
    look(cast)
    assert warned(cast.provider) == []


def test_the_pace_of_the_month_says_when_a_site_is_full(cast: Cast) -> None:
    cast.clock("2022-11-01")
    site = cast.brumes.site("Eybens")
    site.allocate(voice=20)
    site.add_users(8)
    cast.clock("2022-12-10")
    assert warned(cast.provider) == []
    site.add_users(9)
    cast.clock("2022-12-11")
    # 3 free, 9 more in 30 days: 10 days.
    assert warned(cast.provider) == [("Eybens", 3, "2022-12-21")]
    cast.clock("2023-01-11")
    assert warned(cast.provider) == []


def test_a_full_site_is_no_news_once_a_seat_is_free_again(cast: Cast) -> None:
    cast.clock("2022-09-01")
    site = cast.brumes.site()
    site.allocate(voice=3)
    site.add_users(3)
    cast.clock("2022-11-01")
    assert warned(cast.provider) == []
    leave(site, 1)
    look(cast)
    (place,) = cast.provider.get("/seat-warnings")["items"]
    assert (place["free"], place["told_on"]) == (1, "2022-09-02")


def test_thresholds_are_the_customers_own(cast: Cast) -> None:
    cast.clock("2022-09-01")
    site = cast.brumes.site()
    site.allocate(voice=10)
    site.add_users(7)
    cast.clock("2022-11-01")
    assert warned(cast.provider) == []
    customer = cast.brumes
    assert customer.read()["warn_at"] == {"free_seats": 1, "days": 14}
    changed = customer.administrator.patch(customer.path, {"warn_at": {"free_seats": 3, "days": None}})
    assert (changed.status, changed["warn_at"]) == (200, {"free_seats": 3, "days": None})
    assert warned(cast.provider) == [("Lyon", 3, None)], "a new threshold counts at once"
    assert customer.by.patch(customer.path, {"warn_at": {"free_seats": None}}).status == 200
    assert customer.read()["warn_at"] == {"free_seats": None, "days": None}
    assert warned(cast.provider) == []
    for wrong in (0, -1, 1001, 1.5, "2", True):
        assert customer.by.patch(customer.path, {"warn_at": {"free_seats": wrong}}).status == 422, wrong
    assert customer.by.patch(customer.path, {"warn_at": {"days": 91}}).status == 422


def test_nobody_is_told_of_others(cast: Cast) -> None:
    cast.clock("2022-09-01")
    for customer in (cast.brumes, cast.lagune, cast.zenith):
        site = customer.site(f"Site de {customer.name}")
        site.allocate(voice=3)
        site.add_users(2)
    cast.clock("2022-11-01")
    seen = {
        "opaline": cast.partner_administrator(cast.opaline),
        "ouest": cast.partner_administrator(cast.ouest),
        "tramontane": cast.partner_administrator(cast.tramontane),
        "brumes": cast.brumes.administrator,
    }
    assert {who: sorted(place[0] for place in warned(key)) for who, key in seen.items()} == {
        "opaline": ["Site de La Lagune", "Site de Les Brumes"],
        "ouest": ["Site de La Lagune"],
        "tramontane": ["Site de Zénith"],
        "brumes": ["Site de Les Brumes"],
    }
    moved = cast.provider.patch(f"/partners/{cast.ouest}", {"parent": cast.tramontane})
    assert moved.status == 200
    assert [place[0] for place in warned(seen["opaline"])] == ["Site de Les Brumes"]
    assert len(warned(seen["tramontane"])) == 2


def test_the_list_and_the_customers_own_page_agree(cast: Cast, annual: Customer) -> None:
    """What the worker wrote is what the statement answers for one customer."""
    site = annual.site()
    site.allocate(voice=6, uc=3)
    site.add_users(5)
    cast.clock("2023-08-02")
    with acting(system()):
        grant = grants.allocation_manager(system(), UUID(annual.id))
        settings, day = load(), today(cast)
        (renewal,) = queries.renewals(grants.overview_reader(system()), today=day, limit=10)
        assert renewal.unused == list(queries.unused_of(grant, settings=settings, today=day))
        (warning,) = queries.warnings(grants.overview_reader(system()), limit=10)
        (alone,) = queries.running_out(grant, settings=settings, today=day)
        assert (warning.site_id, warning.free, warning.full_on) == (alone.site_id, alone.free, alone.full_on)
    assert timedelta(0) < renewal.renews_on - day <= timedelta(60)
