"""Quantities of many customers by REST: checked as a whole, shown, and changed whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from strapontin.access.actors import system
from strapontin.access.models import ROLES
from strapontin.access.scope import acting
from strapontin.billing.effects import confirm_changes
from strapontin.imports import bulk_execution
from strapontin.imports.bulk_execution import execute_bulk_allocation, left_bulk_allocations
from strapontin.imports.states import BULK_ALLOCATIONS
from strapontin.jobs.tasks import clock
from strapontin.kit.database import run
from tests.api.client import Answer, ApiClient
from tests.cast import Cast, Site
from tests.concurrently import together
from tests.servers import Database

HEAD = "Client;Site;Type;Voulus"
WORK = """
import sys, django
django.setup()
from uuid import UUID
from strapontin.imports.bulk_execution import execute_bulk_allocation
from strapontin.jobs.tasks import clock
execute_bulk_allocation(bulk_id=UUID(sys.argv[1]), clock=clock)
"""


@pytest.fixture
def sites(cast: Cast) -> list[Site]:
    """A site of each customer, with four voice seats; two of those of Les Brumes are used."""
    cast.clock("2022-11-10")
    sites = [customer.site("Lyon") for customer in (cast.brumes, cast.lagune, cast.zenith)]
    for site in sites:
        assert site.allocate(voice=4, uc=1).status == 201
    sites[0].add_users(2)
    return sites


def change(site: Site, quantity: int, type_code: str = "voice") -> dict[str, Any]:
    """One change, as REST takes it."""
    return {"customer": site.customer.id, "site": site.id, "type": type_code, "quantity": quantity}


def send(by: ApiClient, cast: Cast, changes: list[dict[str, Any]], **more: Any) -> Answer:
    """A bulk change after its job."""
    started = by.post("/bulk-allocations", {"changes": changes, **more})
    assert (started.status, started["state"]) == (202, "queued"), started.body
    cast.work()
    return by.get(f"/bulk-allocations/{started.id}")


def send_file(by: ApiClient, cast: Cast, *rows: str, head: str = HEAD) -> Answer:
    """The preview of a file, after its job."""
    data = "\r\n".join([head, *rows, ""]).encode("cp1252")
    started = by.post_file("/bulk-allocations", data, "seats.csv", preview="true")
    assert started.status == 202, started.body
    cast.work()
    return by.get(f"/bulk-allocations/{started.id}")


def confirm(by: ApiClient, cast: Cast, shown: Answer, **body: Any) -> Answer:
    """A bulk change after its confirmation and the job."""
    confirmed = by.post(f"/bulk-allocations/{shown.id}/confirmation", {"digest": shown["digest"], **body})
    if confirmed.status != 202:
        return confirmed
    cast.work()
    return by.get(f"/bulk-allocations/{shown.id}")


def voices(sites: list[Site]) -> list[tuple[int, int]]:
    """Voice seats now and from the next cycle on."""
    figures = [site.figures() for site in sites]
    return [(of_site["allocated"], of_site["next_cycle"]) for of_site in figures]


def told(answer: Answer) -> list[tuple[int | None, str | None, str]]:
    """Row, column and code of each error."""
    return [(error["row"], error["column"], error["code"]) for error in answer["errors"]]


def test_changes_are_shown_confirmed_and_made(cast: Cast, sites: list[Site]) -> None:
    wanted = [change(sites[0], 6), change(sites[1], 4), change(sites[2], 3), change(sites[2], 2, "uc")]
    shown = send(cast.provider, cast, wanted, preview=True)
    assert (shown["state"], shown["rows"], shown["unchanged"]) == ("ready", 4, 1)
    assert shown["progress"] == {"done": 2, "total": 2}
    assert voices(sites) == [(4, 4)] * 3
    customers = {row["name"]: row for row in shown["effect"]["customers"]}
    assert set(customers) == {"Les Brumes", "Zénith"}
    (entry,) = customers["Les Brumes"]["entries"]
    assert (entry["kind"], entry["delta"], entry["quantity_after"]) == ("raise", 2, 6)
    assert {row["type"]: (row["at_once"], row["next_cycle"]) for row in shown["effect"]["types"]} == {
        "uc": (1, 0),
        "voice": (1, 0),
    }
    preview = cast.provider.post(
        f"{cast.brumes.path}/allocation-changes/preview",
        {"changes": [{"site": sites[0].id, "type": "voice", "quantity": 6}]},
    )
    invoice = customers["Les Brumes"]["next_invoice"]
    assert invoice["net"] == preview["effect"]["next_invoice"]["net"]
    differences = [float(row["next_invoice"]["difference"]) for row in customers.values()]
    (amount,) = shown["effect"]["amounts"]
    assert float(amount["difference"]) == pytest.approx(sum(differences))
    done = confirm(cast.provider, cast, shown)
    assert (done["state"], done["error_count"], done["refusal"]) == ("done", 0, None)
    assert done["effect"] == shown["effect"]
    assert voices(sites) == [(6, 6), (4, 4), (3, 3)]
    again = cast.provider.post(f"/bulk-allocations/{shown.id}/confirmation", {})
    assert (again.status, again.code) == (409, "bulk_not_ready")


def test_a_file_with_errors_by_row_and_column(cast: Cast, sites: list[Site]) -> None:
    rows = [
        "Les Brumes;Lyon;Voix;7",
        "les brumes;LYON;voice;8",
        "Personne;Lyon;Voix;3",
        "La Lagune;Paris;Voix;3",
        "La Lagune;Lyon;Fax;3",
        "La Lagune;Lyon;Voix;trois",
        "La Lagune;Lyon;Voix;=1+1",
        "La Lagune;Lyon;Voix;1000001",
        ";Lyon;Voix;2",
        "Zénith;Lyon;Voix;1 200",
    ]
    shown = send_file(cast.provider, cast, *rows)
    assert told(shown) == [
        (3, "Voulus", "place_twice"),
        (4, "Client", "unknown_customer"),
        (5, "Site", "unknown_site"),
        (6, "Type", "unknown_type"),
        (7, "Voulus", "no_quantity"),
        (8, "Voulus", "no_quantity"),
        (9, "Voulus", "no_quantity"),
        (10, "Client", "required"),
    ]
    refused = cast.provider.post(f"/bulk-allocations/{shown.id}/confirmation", {})
    assert (refused.status, refused.code) == (409, "bulk_has_errors")
    assert voices(sites) == [(4, 4)] * 3


def test_what_an_operation_refuses_stands_at_its_row(cast: Cast, sites: list[Site]) -> None:
    cast.provider.patch(cast.lagune.path, {"cancel_at_end_of_period": True})
    cast.clock("2022-12-10")
    sites[0].allocate(voice=2)
    shown = send_file(cast.provider, cast, "Les Brumes;Lyon;Voix;1", "La Lagune;Lyon;Voix;9", "Zénith;Lyon;Voix;5")
    assert told(shown) == [(2, "Voulus", "below_use"), (3, "Voulus", "customer_expired")]
    assert "2" in shown["errors"][0]["detail"]
    assert "December 2022" in shown["errors"][1]["detail"]
    assert shown["state"] == "ready"
    at_once = send(cast.provider, cast, [change(sites[1], 9), change(sites[2], 5)])
    assert (at_once["state"], told(at_once)) == ("failed", [(1, "quantity", "customer_expired")])
    assert sites[2].figures()["allocated"] == 4


def test_missing_columns_and_a_file_that_is_none(cast: Cast, sites: list[Site]) -> None:
    shown = send_file(cast.provider, cast, "Lyon;Voix", head="Site;Type")
    assert {error["field"] for error in shown["errors"]} == {"quantity", "customer"}
    refused = cast.provider.post_file("/bulk-allocations", b"\x00\x01\x02", "seats.xlsx", preview="true")
    assert (refused.status, refused.code) == (422, "file_unreadable")
    neither = cast.provider.post("/bulk-allocations", {"preview": True})
    assert (neither.status, neither.code) == (422, "invalid")


def test_rows_that_nobody_edited_are_left_alone(cast: Cast, sites: list[Site]) -> None:
    """A planned decrease stays if its row is sent back as it was; a quantity that changed meanwhile is told."""
    cast.clock("2022-12-10")
    assert sites[1].allocate(voice=3).status == 201
    assert voices(sites)[1] == (4, 3)
    head = "Client;Site;Type;Alloués;Voulus"
    shown = send_file(cast.provider, cast, "La Lagune;Lyon;Voix;4;4", "Zénith;Lyon;Voix;3;5", head=head)
    assert (shown["unchanged"], told(shown)) == (1, [(3, "Voulus", "quantity_changed")])
    shown = send_file(cast.provider, cast, "La Lagune;Lyon;Voix;4;4", "Zénith;Lyon;Voix;4;5", head=head)
    assert confirm(cast.provider, cast, shown)["state"] == "done"
    assert voices(sites) == [(4, 4), (4, 3), (5, 5)]


def test_nothing_to_change_cannot_be_confirmed(cast: Cast, sites: list[Site]) -> None:
    shown = send(cast.provider, cast, [change(sites[0], 4)], preview=True)
    assert (shown["state"], shown["unchanged"], shown["digest"]) == ("ready", 1, None)
    refused = cast.provider.post(f"/bulk-allocations/{shown.id}/confirmation", {})
    assert (refused.status, refused.code) == (409, "bulk_not_ready")


def test_figures_that_change_between_preview_and_job(cast: Cast, sites: list[Site]) -> None:
    """Another administrator is quicker: nothing is changed for anybody, and the new effect waits."""
    shown = send(cast.provider, cast, [change(sites[0], 6), change(sites[1], 7)], preview=True)
    assert sites[1].allocate(voice=5).status == 201
    outdated = confirm(cast.provider, cast, shown)
    assert (outdated["state"], outdated["refusal"]["code"]) == ("ready", "preview_outdated")
    assert voices(sites)[:2] == [(4, 4), (5, 5)]
    assert outdated["digest"] != shown["digest"]
    stale = cast.provider.post(f"/bulk-allocations/{shown.id}/confirmation", {"digest": shown["digest"]})
    assert (stale.status, stale.code) == (409, "preview_outdated")
    assert confirm(cast.provider, cast, outdated)["state"] == "done"
    assert voices(sites)[:2] == [(6, 6), (7, 7)]


def test_a_digest_binds_changes_that_are_made_at_once(cast: Cast, sites: list[Site]) -> None:
    wanted = [change(sites[0], 6), change(sites[1], 7)]
    digest = send(cast.provider, cast, wanted, preview=True)["digest"]
    other = send(cast.provider, cast, [change(sites[0], 5)], digest=digest)
    assert (other["state"], other["refusal"]["code"]) == ("failed", "preview_outdated")
    assert voices(sites)[0] == (4, 4)
    assert send(cast.provider, cast, wanted, digest=digest)["state"] == "done"
    assert voices(sites)[:2] == [(6, 6), (7, 7)]


def test_a_role_that_is_taken_meanwhile(cast: Cast, sites: list[Site]) -> None:
    sender = cast.partner_administrator(cast.opaline)
    shown = send(sender, cast, [change(sites[0], 6)], preview=True)
    confirmed = sender.post(f"/bulk-allocations/{shown.id}/confirmation", {"digest": shown["digest"]})
    assert confirmed.status == 202
    with cast.database.superuser() as connection:
        connection.execute("UPDATE api_key SET roles = '{users}' WHERE name = 'A partner''s administrator'")
    cast.work()
    after = cast.provider.get(f"/bulk-allocations/{shown.id}")
    assert (after["state"], after["refusal"]["code"]) == ("ready", "role_missing")
    assert sender.get(f"/bulk-allocations/{shown.id}").code == "role_missing"
    assert voices(sites)[0] == (4, 4)


def test_scopes_and_amounts(cast: Cast, sites: list[Site]) -> None:
    """Outside the scope nothing is found; who is below the payer sees no amount; the partner above sees both."""
    partner = cast.partner_administrator(cast.ouest)
    shown = send(partner, cast, [change(sites[1], 6), change(sites[2], 6)], preview=True)
    assert told(shown) == [(2, "customer", "unknown_customer")]
    shown = send(partner, cast, [change(sites[1], 6)], preview=True)
    assert shown["effect"]["customers"][0]["next_invoice"] is None
    assert shown["effect"]["amounts"] == []
    above = cast.partner_administrator(cast.opaline)
    assert above.get(f"/bulk-allocations/{shown.id}").status == 200
    own = send(cast.brumes.administrator, cast, [change(sites[0], 6)], preview=True)
    assert own["effect"]["amounts"] == []
    assert cast.lagune.administrator.get(f"/bulk-allocations/{shown.id}").code == "not_found"
    for stranger in (cast.zenith.administrator, cast.partner_administrator(cast.tramontane), cast.lagune.administrator):
        assert stranger.get(f"/bulk-allocations/{own.id}").code == "not_found"
        assert stranger.get("/bulk-allocations").items == []
    lacking = cast.partner_administrator(cast.opaline, [role for role in ROLES if role != "subscriptions"])
    assert lacking.post("/bulk-allocations", {"changes": [change(sites[0], 6)]}).code == "role_missing"
    assert confirm(cast.brumes.administrator, cast, own)["state"] == "done"
    assert voices(sites)[0] == (6, 6)


def test_limits_of_a_customer(cast: Cast, sites: list[Site]) -> None:
    limits = {"seats_per_month": 1, "may_lower": True, "may_raise": True}
    assert cast.provider.send("PUT", f"{cast.brumes.path}/limits", limits).status == 200
    shown = send(cast.brumes.administrator, cast, [change(sites[0], 9)], preview=True)
    assert told(shown) == [(1, "quantity", "above_limit")]


def test_too_many_customers(cast: Cast, sites: list[Site], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strapontin.imports.quantities.MOST_CUSTOMERS", 1)
    shown = send(cast.provider, cast, [change(sites[0], 6), change(sites[1], 6)], preview=True)
    assert (shown["state"], shown["refusal"]["code"]) == ("failed", "too_many_customers")


def test_a_fault_in_the_middle_takes_everything_back(
    cast: Cast, sites: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = cast.provider.post("/bulk-allocations", {"changes": [change(sites[0], 6), change(sites[1], 6)]})
    calls: list[int] = []

    def fail_second(*arguments: Any, **facts: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("after the first customer")
        return confirm_changes(*arguments, **facts)

    monkeypatch.setattr(bulk_execution, "confirm_changes", fail_second)
    with pytest.raises(RuntimeError):
        execute_bulk_allocation(bulk_id=UUID(started.id), clock=clock)
    failed = cast.provider.get(f"/bulk-allocations/{started.id}")
    assert (failed["state"], failed["refusal"]["code"]) == ("failed", "server_error")
    assert voices(sites) == [(4, 4)] * 3


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.3])
def test_a_worker_that_is_killed(cast: Cast, sites: list[Site], database: Database, seconds: float) -> None:
    """SIGKILL soon after it was taken, and later: another worker takes it up, and all is changed once."""
    started = cast.provider.post("/bulk-allocations", {"changes": [change(site, 9) for site in sites]})
    environment = os.environ | {"DATABASE_URL": database.login("jobs").own_url}
    worker = subprocess.Popen([sys.executable, "-c", WORK, started.id], env=environment)
    path, deadline = f"/bulk-allocations/{started.id}", time.monotonic() + 60
    while cast.provider.get(path)["state"] == "queued" and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    worker.wait(30)
    assert voices(sites) in ([(4, 4)] * 3, [(9, 9)] * 3)
    if cast.provider.get(path)["state"] != "done":
        execute_bulk_allocation(bulk_id=UUID(started.id), clock=clock)
        assert cast.provider.get(path)["state"] == "running"
        with database.superuser() as connection:
            connection.execute("UPDATE bulk_allocation SET beat_at = beat_at - interval '2 minutes'")
        assert left_bulk_allocations() == [UUID(started.id)]
        execute_bulk_allocation(bulk_id=UUID(started.id), clock=clock)
    assert cast.provider.get(path)["state"] == "done"
    assert voices(sites) == [(9, 9)] * 3
    ledger = cast.provider.everything(f"{cast.brumes.path}/ledger")
    assert sum(row["delta"] for row in ledger if row["type"] == "voice") == 9


def test_a_table_that_nobody_confirms_is_forgotten(cast: Cast, sites: list[Site]) -> None:
    shown = send(cast.provider, cast, [change(sites[0], 6)], preview=True)
    for day, state in (("2022-11-09", "ready"), ("2022-11-11", "failed")):
        with acting(system("job"), "worker"):
            run(BULK_ALLOCATIONS.forget, {"before": f"{day}T12:00:00Z", "limit": 10})
        after = cast.provider.get(f"/bulk-allocations/{shown.id}")
        assert after["state"] == state
    assert after["refusal"]["code"] == "import_forgotten"
    assert cast.provider.post(f"/bulk-allocations/{shown.id}/confirmation", {}).code == "bulk_not_ready"


def test_two_bulk_changes_and_new_users_at_once(cast: Cast, sites: list[Site], database: Database) -> None:
    """Two tables over the same customers, in opposite orders, and users who take seats there: nobody waits for ever."""
    tables = [[change(site, quantity) for site in order] for order, quantity in ((sites, 8), (sites[::-1], 9))]
    bulk_ids = [UUID(cast.provider.post("/bulk-allocations", {"changes": table}).id) for table in tables]

    def add(site: Site) -> None:
        client = ApiClient(cast.provider.key)
        for number in range(3):
            user = {"first_name": f"User {number}", "site": site.id, "type": "voice"}
            answer = client.post(f"{site.customer.path}/users", user)
            assert answer.status == 201 or answer.code == "no_free_seat", answer.body

    works = [partial(execute_bulk_allocation, bulk_id=bulk_id, clock=clock) for bulk_id in bulk_ids]
    together(*works, *(partial(add, site) for site in sites))
    states = {cast.provider.get(f"/bulk-allocations/{bulk_id}")["state"] for bulk_id in bulk_ids}
    assert states == {"done"}
    assert voices(sites) in ([(8, 8)] * 3, [(9, 9)] * 3)
    with database.superuser() as connection:
        sums = """
            SELECT b.allocated, sum(l.delta) FROM balance b
              JOIN ledger_entry l ON (l.customer_id, l.site_id, l.type_code) = (b.customer_id, b.site_id, b.type_code)
             GROUP BY b.customer_id, b.site_id, b.type_code, b.allocated
        """
        assert all(allocated == total for allocated, total in connection.execute(sums).fetchall())
