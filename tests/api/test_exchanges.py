"""Exchanges by REST: a type for a dearer one, with its credit, and back for some days (SPEC 4)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.api.client import Answer
from tests.cast import Cast, Site


@pytest.fixture
def site(cast: Cast) -> Site:
    """A site with ten Voice seats for a year, since 2023-01-01, all invoiced; today is 2023-07-02."""
    cast.clock("2023-01-01")
    customer = cast.customer("Les Dunes", cast.opaline, term_months=12)
    site = customer.site()
    assert site.allocate(voice=10).status == 201
    cast.bill("2023-01-01")
    cast.clock("2023-07-02")
    return site


def ask(where: Site, quantity: int = 2, *, what: str = "", **more: Any) -> Answer:
    """An exchange of Voice for Unified Communication, unless other types are named."""
    body = {"site": where.id, "from": "voice", "to": "uc", "quantity": quantity} | more
    return where.customer.by.post(f"{where.customer.path}/exchanges{what}", body)


def undo(site: Site, exchange: str, what: str = "", **body: Any) -> Answer:
    """An exchange is undone."""
    return site.customer.by.post(f"{site.customer.path}/exchanges/{exchange}/undo{what}", body)


def allocated(site: Site) -> tuple[int, int]:
    """Voice and Unified Communication."""
    return site.figures("voice")["allocated"], site.figures("uc")["allocated"]


def lines(answer: Answer) -> list[str]:
    """The lines of the next invoice."""
    invoice = answer["effect"]["next_invoice"]
    return [
        f"{x['quantity']} {x['type']} {x['start']} {x['days']}/{x['period_days']} {x['amount']}"
        for x in invoice["lines"]
    ]


def test_the_rest_of_the_first_is_credited(site: Site, cast: Cast) -> None:
    shown = ask(site, what="/preview")
    assert (shown.status, shown["id"], allocated(site)) == (200, None, (10, 0))
    assert lines(shown) == ["2 uc 2023-07-02 183/365 194.93", "-2 voice 2023-07-02 183/365 -108.30"]
    done = ask(site, digest=shown["effect"]["digest"], reason="Two operators")
    assert (done.status, allocated(site)) == (201, (8, 2))
    assert [(entry["kind"], entry["delta"], entry["quantity_after"]) for entry in done["entries"]] == [
        ("exchange_out", -2, 8),
        ("exchange_in", 2, 2),
    ]
    assert (lines(done), done["effect"]["digest"]) == (lines(shown), shown["effect"]["digest"])
    cast.clock("2023-08-01")
    cast.bill("2023-08-01")
    assert cast.invoice("2023-08-01", cast.opaline)["net"] == "86.63"


def test_the_ledger_names_both_ends(site: Site) -> None:
    exchange = ask(site).id
    undone = undo(site, exchange, quantity=1)
    assert (undone.status, undone["id"], allocated(site)) == (201, exchange, (9, 1))
    rows = site.customer.by.get(f"{site.customer.path}/ledger").items[:4]
    assert [(row["kind"], row["type"], row["counterpart_type"], row["delta"], row["reverses"]) for row in rows] == [
        ("exchange_in", "voice", "uc", 1, exchange),
        ("exchange_out", "uc", "voice", -1, exchange),
        ("exchange_in", "uc", "voice", 2, None),
        ("exchange_out", "voice", "uc", -2, None),
    ]
    assert rows[3]["id"] == exchange
    # What undoes an exchange is none.
    assert undo(site, rows[1]["id"]).code == "not_found"


def test_to_a_cheaper_type_says_what_to_do_instead_and_from_when(site: Site) -> None:
    site.allocate(uc=2)
    refused = ask(site, 1, **{"from": "uc", "to": "voice"})
    assert (refused.status, refused.code, refused["lowers_on"]) == (409, "not_dearer", "2024-01-01")
    assert "1 January 2024" in refused["detail"]
    assert allocated(site) == (10, 2)


def test_a_type_without_a_price_cannot_be_compared(site: Site, cast: Cast) -> None:
    cast.provider.made("/subscription-types", {"code": "fax", "name_fr": "Télécopie", "name_en": "Fax"})
    refused = ask(site, 1, to="fax")
    assert (refused.status, refused.code, refused["types"]) == (409, "price_missing", ["fax"])


def test_seats_in_use_and_seats_that_are_not_there(site: Site) -> None:
    site.add_users(9)
    refused = ask(site, 2)
    assert (refused.status, refused.code, refused["in_the_way"]) == (409, "below_use", 1)
    assert ask(site, 11).code == "invalid"
    assert ask(site, 1).status == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "voice"},
        {"to": "telex"},
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": "2"},
        {"quantity": 1_000_001},
        {"quantity": None},
        {"to": None},
    ],
    ids=str,
)
def test_what_is_no_exchange(site: Site, wrong: dict[str, Any]) -> None:
    for what in ("", "/preview"):
        refused = ask(site, what=what, **wrong)
        assert (refused.status, refused.code) == (422, "invalid")
        assert refused["errors"][0]["field"] in wrong | {"type": ""}
    assert allocated(site) == (10, 0)


def test_another_customers_site_and_exchange_are_not_found(site: Site, cast: Cast) -> None:
    elsewhere = cast.brumes.site()
    assert ask(site, site=elsewhere.id).code == "not_found"
    assert undo(site, str(uuid4())).code == "not_found"
    exchange = ask(site).id
    path = f"{cast.brumes.path}/exchanges/{exchange}/undo"
    assert cast.provider.post(path).code == "not_found"
    # The other row of the exchange is no exchange.
    (row,) = (r for r in site.customer.by.get(f"{site.customer.path}/ledger").items if r["kind"] == "exchange_in")
    assert undo(site, row["id"]).code == "not_found"


def test_an_old_preview_confirms_nothing(site: Site) -> None:
    shown = ask(site, what="/preview")
    site.allocate(uc=1)
    refused = ask(site, digest=shown["effect"]["digest"])
    assert (refused.status, refused.code, allocated(site)) == (409, "preview_outdated", (10, 1))
    assert ask(site, digest=refused["effect"]["digest"]).status == 201


def test_exchanged_seats_are_not_handed_back(site: Site) -> None:
    ask(site, 3)
    lowered = site.allocate(uc=0)
    assert [(entry["kind"], entry["effective_on"]) for entry in lowered["entries"]] == [("lower", "2024-01-01")]


def test_undone_whole_in_part_once_and_in_time(site: Site, cast: Cast) -> None:
    exchange = ask(site, 3).id
    (listed,) = site.customer.by.get(f"{site.customer.path}/exchanges").items
    assert (listed["id"], listed["from"], listed["to"]) == (exchange, "voice", "uc")
    assert (listed["quantity"], listed["undo_until"]) == (3, "2023-07-08")
    shown = undo(site, exchange, "/preview")
    assert lines(shown) == []
    assert undo(site, exchange, quantity=4).code == "invalid"
    assert undo(site, exchange, quantity=1, digest=shown["effect"]["digest"]).code == "preview_outdated"
    assert undo(site, exchange, quantity=1).status == 201
    cast.clock("2023-07-08T23:30:00+02:00")
    assert undo(site, exchange).status == 201
    assert allocated(site) == (10, 0)
    refused = undo(site, exchange)
    assert (refused.status, refused.code) == (409, "already_undone")
    assert site.customer.by.get(f"{site.customer.path}/exchanges").items == []


def test_too_late(site: Site, cast: Cast) -> None:
    exchange = ask(site).id
    cast.clock("2023-07-09T00:30:00+02:00")
    refused = undo(site, exchange)
    assert (refused.status, refused.code, refused["last_day"]) == (409, "too_late", "2023-07-08")
    assert site.customer.by.get(f"{site.customer.path}/exchanges").items == []


def test_seats_taken_meanwhile_stay(site: Site) -> None:
    exchange = ask(site).id
    site.add_users(1, "uc")
    assert undo(site, exchange).code == "below_use"
    assert undo(site, exchange, quantity=1).status == 201


def test_a_customer_sees_seats_and_no_amount(site: Site) -> None:
    site.customer.by = site.customer.administrator
    done = ask(site)
    assert (done.status, done["effect"]["next_invoice"]) == (201, None)
    assert undo(site, done.id)["effect"]["next_invoice"] is None


def test_a_repeated_request_exchanges_once(site: Site) -> None:
    body = {"site": site.id, "from": "voice", "to": "uc", "quantity": 2}
    path = f"{site.customer.path}/exchanges"
    first, again = (site.customer.by.post(path, body, key="once") for _ in range(2))
    assert (first.body, allocated(site)) == (again.body, (8, 2))


# -- a user with the seat -------------------------------------------------------------------------------


@pytest.fixture
def ana(site: Site) -> str:
    """The address of a user on a full site."""
    site.add_users(9)
    return f"{site.customer.path}/users/{site.add_user('Ana').id}"


def both(site: Site) -> list[tuple[int, int]]:
    """Allocated and used, of Voice and of Unified Communication."""
    return [(site.figures(code)["allocated"], site.figures(code)["used"]) for code in ("voice", "uc")]


def test_user_and_seat_change_together(site: Site, ana: str) -> None:
    assert site.customer.by.patch(ana, {"type": "uc"}).code == "no_free_seat"
    changed = site.customer.by.patch(ana, {"type": "uc", "exchange_seat": True})
    assert (changed.status, changed["type"]) == (200, "uc")
    assert both(site) == [(9, 9), (1, 1)]


def test_or_neither_does(site: Site, ana: str) -> None:
    outdated = site.customer.by.patch(ana, {"type": "uc", "exchange_seat": True, "digest": "x"})
    assert outdated.code == "preview_outdated"
    assert lines(outdated)[0].startswith("1 uc 2023-07-02")
    cheaper = site.customer.by.patch(ana, {"type": "uc", "exchange_seat": True, "email": "x"})
    assert cheaper.status == 422
    assert both(site) == [(10, 10), (0, 0)]
    digest = outdated["effect"]["digest"]
    assert site.customer.by.patch(ana, {"type": "uc", "exchange_seat": True, "digest": digest}).status == 200


def test_a_cheaper_type_is_raised_and_the_other_lowered(site: Site, ana: str) -> None:
    site.customer.by.patch(ana, {"type": "uc", "exchange_seat": True})
    back = site.customer.by.patch(ana, {"type": "voice", "exchange_seat": True})
    assert (back.code, back["lowers_on"]) == ("not_dearer", "2024-01-01")
    assert site.customer.by.patch(ana, {"type": "voice", "allocate_missing": True}).status == 200
    assert both(site) == [(10, 10), (1, 0)]


@pytest.mark.parametrize("more", [{}, {"type": "voice"}, {"type": "uc", "allocate_missing": True}], ids=str)
def test_an_exchange_that_is_none(site: Site, ana: str, more: dict[str, Any]) -> None:
    refused = site.customer.by.patch(ana, {"exchange_seat": True} | more)
    assert (refused.status, refused["errors"][0]["field"]) == (422, "exchange_seat")


def test_on_another_site_nothing_is_exchanged(site: Site, ana: str) -> None:
    there = site.customer.site("Brest")
    refused = site.customer.by.patch(ana, {"type": "uc", "site": there.id, "exchange_seat": True})
    assert refused["errors"][0]["field"] == "exchange_seat"


def test_without_the_role_no_seat_is_exchanged(site: Site, ana: str, cast: Cast) -> None:
    who = cast.key("Users only", customer=site.customer.id, roles=["users"])
    refused = who.patch(ana, {"type": "uc", "exchange_seat": True})
    assert (refused.status, refused.code, refused["role"]) == (403, "role_missing", "subscriptions")
    assert both(site) == [(10, 10), (0, 0)]
