"""Partners that move, and payers whose level or currency changes, with the periods and figures below them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import values_of
from strapontin.provider import queries
from strapontin.provider.partners import NewPartner, change_partner, create_partner
from tests.cast import Cast
from tests.concurrently import together

AT = datetime(2022, 6, 1, 12, tzinfo=UTC)
ACTOR = system("api")


def paths() -> dict[str, list[str]]:
    """The names from the outermost partner down to each."""
    with acting(ACTOR):
        partners = queries.partners(grants.scope_reader(ACTOR), limit=100)
    names = {partner.id: partner.name for partner in partners}
    return {partner.name: [names[part] for part in partner.path] for partner in partners}


def move(partner: str, parent: str, *, then: Callable[[], None] = lambda: None) -> None:
    """Puts a partner under another; ``then`` happens before that is committed."""
    with acting(ACTOR):
        change_partner(grants.provider(ACTOR), partner_id=UUID(partner), changes={"parent_id": UUID(parent)}, at=AT)
        then()


def create(parent: str, *, then: Callable[[], None] = lambda: None) -> None:
    """A partner named Petit below another; ``then`` happens before that is committed."""
    with acting(ACTOR):
        create_partner(grants.provider(ACTOR), new=NewPartner("Petit", parent_id=UUID(parent)), at=AT)
        then()


# -- moves ----------------------------------------------------------------------------------------------


def one_after_the_other(first: Callable[[Callable[[], None]], None], second: Callable[[], None]) -> None:
    """``second`` begins while ``first``, having done its work, has not committed yet."""
    begun = Event()

    def pause() -> None:
        begun.set()
        time.sleep(0.5)

    def follow() -> None:
        begun.wait(10)
        second()

    together(lambda: first(pause), follow)


def test_a_partner_created_while_its_parent_moves_stands_where_that_went(cast: Cast) -> None:
    one_after_the_other(
        lambda pause: move(cast.ouest, cast.tramontane, then=pause),
        lambda: create(cast.ouest),
    )
    assert paths()["Petit"] == ["Tramontane", "Opaline Ouest", "Petit"]


def test_a_partner_whose_parent_moves_while_it_is_created_goes_with_it(cast: Cast) -> None:
    one_after_the_other(
        lambda pause: create(cast.ouest, then=pause),
        lambda: move(cast.ouest, cast.tramontane),
    )
    assert paths()["Petit"] == ["Tramontane", "Opaline Ouest", "Petit"]


def test_moves_of_a_partner_and_of_its_parent_wait_for_each_other(cast: Cast) -> None:
    for _ in range(5):
        together(
            lambda: move(cast.ouest, cast.tramontane),
            lambda: move(cast.opaline, cast.tramontane),
        )
        together(lambda: move(cast.ouest, cast.opaline), lambda: cast.provider.patch(*out_of(cast)))
        assert paths()["Opaline Ouest"] == ["Opaline", "Opaline Ouest"]


def out_of(cast: Cast) -> tuple[str, dict[str, None]]:
    """Opaline right below the provider again."""
    return f"/partners/{cast.opaline}", {"parent": None}


def test_the_months_move_with_the_partner(cast: Cast) -> None:
    cast.lagune.site().allocate(voice=3)
    cast.clock("2022-08-02")
    opaline, tramontane = (cast.partner_administrator(partner) for partner in (cast.opaline, cast.tramontane))
    assert cast.provider.patch(f"/partners/{cast.ouest}", {"parent": cast.tramontane}).status == 200
    for who, seats in ((opaline, 0), (tramontane, 3)):
        (voice,) = (figures for figures in who.get("/overview")["types"] if figures["type"] == "voice")
        assert (voice["allocated"], (voice["last_month"] or {"allocated": 0})["allocated"]) == (seats, seats)


# -- payers ---------------------------------------------------------------------------------------------


def test_the_currency_waits_for_what_is_still_to_be_invoiced(cast: Cast) -> None:
    cast.customer("Annuel", cast.opaline, term_months=12).site().add_users(1)
    dollars = {"name": "Dollars", "currency": "USD", "valid_from": "2020-01-01", "prices": {"voice": "11.00"}}
    cast.provider.made("/price-lists", dollars)
    address = f"/partners/{cast.opaline}"
    for _ in range(2):
        refused = cast.provider.patch(address, {"currency": "USD"})
        assert (refused.status, refused.code) == (409, "currency_in_use")
        cast.clock("2022-06-02")
        cast.bill("2022-06-01")
    assert cast.provider.patch(address, {"level": "gold", "currency": "EUR"}).status == 200
    # Nobody's payer: nothing was priced for it.
    assert cast.provider.patch(f"/partners/{cast.ouest}", {"currency": "USD"}).status == 200


def test_a_currency_without_a_price_list_can_be_put_right(cast: Cast) -> None:
    wrong = cast.partner("Franc", currency="CHF")
    cast.customer("Alpage", wrong).site().add_users(1)
    assert cast.provider.patch(f"/partners/{wrong}", {"currency": "EUR"}).status == 200
    cast.bill("2022-06-01")
    assert cast.invoice("2022-06-01", wrong)["net"] == "10.00"


def test_periods_that_began_before_a_change_have_the_level_and_payer_of_then(cast: Cast) -> None:
    """Also where the worker was down, so that nobody had opened them yet."""
    cast.brumes.site().add_users(1)
    cast.lagune.site().add_users(1)
    july = datetime(2022, 7, 2, 12, tzinfo=UTC)
    with acting(ACTOR):
        provider = grants.provider(ACTOR)
        change_partner(provider, partner_id=UUID(cast.opaline), changes={"level": "platinum"}, at=july)
        change_partner(provider, partner_id=UUID(cast.ouest), changes={"payer": True}, at=july)
    with acting(ACTOR, "billing"):
        periods = values_of(
            str,
            "SELECT concat_ws(' ', q.starts_on, p.name, price.unit_price)"
            "  FROM period q JOIN partner p ON p.id = q.payer_id JOIN period_price price"
            "    ON price.customer_id = q.customer_id AND price.period_starts_on = q.starts_on"
            " WHERE q.customer_id = ANY (%s::uuid[]) AND price.type_code = 'voice' ORDER BY q.customer_id, q.starts_on",
            [[cast.brumes.id, cast.lagune.id]],
        )
    assert periods == ["2022-06-01 Opaline 10.00", "2022-07-01 Opaline 10.00"] * 2
