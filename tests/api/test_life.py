"""The life of a customer by REST: cancelled, ended, reactivated, archived, removed (SPEC 3, 7)."""

from __future__ import annotations

from uuid import UUID

import pytest

from strapontin.requests.messages import tell_of_request
from tests.api.client import Answer, ApiClient
from tests.cast import Cast, Customer, Site


def yearly(cast: Cast, *, seats: int = 10) -> tuple[Customer, Site]:
    """A customer of 12 months since 2023-01-01, invoiced for it."""
    cast.clock("2023-01-01T08:00:00+01:00")
    customer = cast.customer("Atelier", cast.opaline, term_months=12)
    site = customer.site()
    assert site.allocate(voice=seats).status == 201
    cast.bill("2023-01-01")
    return customer, site


def cancel(customer: Customer, cancelled: bool = True, **more: str) -> Answer:
    return customer.by.patch(customer.path, {"cancel_at_end_of_period": cancelled, **more})


def code(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.code


def test_a_cancelled_customer_ends_with_its_period(cast: Cast) -> None:
    customer, site = yearly(cast)
    site.add_users(3)
    cast.clock("2023-06-01")
    assert cancel(customer)["cancel_at_end_of_period"] is True
    # Until then, it goes on as before.
    assert site.add_user("Ada").status == 201
    assert site.allocate(voice=12).status == 201
    cast.clock("2024-01-01T08:00:00+01:00")
    ended = customer.read()
    assert (ended["status"], ended["cancel_at_end_of_period"]) == ("expired", False)
    assert site.figures() | {"allocated": 0, "next_cycle": 0, "used": 4, "remaining": 0} == site.figures()
    assert len(cast.provider.everything(f"{customer.path}/users")) == 4
    assert code(site.add_user("Eve")) == (409, "customer_expired")
    assert code(site.add_user("Eve", allocate_missing=True)) == (409, "customer_expired")
    assert code(site.allocate(voice=5)) == (409, "customer_expired")
    last = cast.provider.get(f"{customer.path}/ledger")["items"][0]
    assert (last["kind"], last["delta"], last["effective_on"]) == ("revoke", -12, "2024-01-01")
    assert last["actor"]["kind"] == "system"
    # Only the raise of June is still to be invoiced, to the end of the year, and nothing after it.
    cast.bill("2024-01-01")
    lines = [line for line in cast.invoice("2024-01-01", cast.opaline)["lines"] if line["customer"] == customer.id]
    assert [(line["quantity"], line["end"]) for line in lines] == [(2, "2024-01-01")]


def test_a_cancellation_is_shown_before_it_is_confirmed_and_taken_back(cast: Cast) -> None:
    customer, _ = yearly(cast)
    cast.clock("2023-06-01")
    shown = cast.provider.post(f"{customer.path}/preview", {"cancel_at_end_of_period": True})
    assert shown.status == 200, shown.body
    invoice = shown["effect"]["next_invoice"]
    assert (invoice["date"], invoice["lines"], invoice["net"]) == ("2024-01-01", [], "0.00")
    assert code(cancel(customer, digest="of something else")) == (409, "preview_outdated")
    assert customer.read()["cancel_at_end_of_period"] is False
    assert cancel(customer, digest=shown["effect"]["digest"]).status == 200
    back = cast.provider.post(f"{customer.path}/preview", {"cancel_at_end_of_period": False})
    assert [line["amount"] for line in back["effect"]["next_invoice"]["lines"]] == ["1080.00"]
    assert cancel(customer, False).status == 200
    cast.clock("2024-01-02")
    assert customer.read()["status"] == "active"


def test_a_reactivated_customer_starts_that_day_with_its_seats(cast: Cast) -> None:
    customer, site = yearly(cast)
    cast.clock("2023-06-01")
    cancel(customer)
    cast.clock("2024-02-20")
    path = f"{customer.path}/reactivation"
    shown = cast.provider.post(f"{path}/preview", {"term_months": 1})
    assert [(e["kind"], e["delta"], e["effective_on"]) for e in shown["entries"]] == [("reopen", 10, "2024-02-20")]
    lines = shown["effect"]["next_invoice"]["lines"]
    assert [(line["start"], line["end"], line["months"], line["amount"]) for line in lines] == [
        ("2024-02-20", "2024-03-01", 1, "34.48"),
        ("2024-03-01", "2024-04-01", 1, "100.00"),
    ]
    assert customer.read()["status"] == "expired"
    assert code(cast.provider.post(path, {"term_months": 12, "digest": shown["effect"]["digest"]})) == (
        409,
        "preview_outdated",
    )
    done = cast.provider.post(path, {"term_months": 1, "digest": shown["effect"]["digest"]})
    assert (done.status, done["effect"]) == (201, shown["effect"])
    now = customer.read()
    assert (now["status"], now["term_months"]) == ("active", 1)
    assert now["period"] == {"start": "2024-02-20", "end": "2024-03-01"}
    assert site.figures()["allocated"] == 10
    assert site.figures(as_of="2024-01-15")["allocated"] == 0
    cast.clock("2024-03-01T08:00:00+01:00")
    cast.bill("2024-03-01")
    billed = [line for line in cast.invoice("2024-03-01", cast.opaline)["lines"] if line["customer"] == customer.id]
    assert [line["amount"] for line in billed] == ["34.48", "100.00"]


def test_reopened_seats_can_be_handed_back_for_some_days(cast: Cast) -> None:
    customer, site = yearly(cast)
    cancel(customer)
    cast.clock("2024-02-20")
    assert cast.provider.post(f"{customer.path}/reactivation", {}).status == 201
    cast.clock("2024-02-26")
    assert [entry["kind"] for entry in site.allocate(voice=6)["entries"]] == ["hand_back"]
    cast.clock("2024-02-27")
    assert [entry["kind"] for entry in site.allocate(voice=5)["entries"]] == ["lower"]


def test_without_a_term_the_reactivated_customer_has_the_one_that_it_had(cast: Cast) -> None:
    customer, _ = yearly(cast)
    cancel(customer)
    cast.clock("2024-01-01T09:00:00+01:00")
    assert cast.provider.post(f"{customer.path}/reactivation", {}).status == 201
    now = customer.read()
    assert (now["term_months"], now["period"]) == (12, {"start": "2024-01-01", "end": "2025-01-01"})


def test_what_does_not_fit_the_life_of_a_customer_is_refused(cast: Cast) -> None:
    customer, _ = yearly(cast)
    reactivation = f"{customer.path}/reactivation"
    assert code(cast.provider.post(reactivation, {})) == (409, "still_active")
    assert code(cast.provider.patch(customer.path, {"archived": True})) == (409, "not_expired")
    customer.set_term(36)
    cancel(customer)
    ending = cast.provider.patch(customer.path, {"term_months": 1})
    assert (ending.code, ending["date"]) == ("ends_with_period", "2024-01-01")
    # The planned term stays, and can be withdrawn.
    assert customer.read()["pending_term_months"] == 36
    assert cast.provider.patch(customer.path, {"term_months": 36}).status == 200
    assert cast.provider.patch(customer.path, {"term_months": 12})["pending_term_months"] is None
    cast.clock("2024-01-02")
    for body in ({"cancel_at_end_of_period": False}, {"cancel_at_end_of_period": True}, {"term_months": 1}):
        refused = cast.provider.patch(customer.path, body)
        assert (refused.status, refused.code, refused["date"]) == (409, "customer_expired", "2024-01-01")
    assert cast.provider.patch(customer.path, {"name": "Atelier, fermé"}).status == 200
    change = {"site": customer.site("Bron").id, "type": "voice", "quantity": 1}
    corrected = {"changes": [change], "effective_on": "2023-12-01"}
    assert code(cast.provider.post(f"{customer.path}/allocation-changes", corrected)) == (409, "customer_expired")
    assert cast.provider.post(reactivation, {}).status == 201
    assert code(cast.provider.post(reactivation, {})) == (409, "still_active")


def test_a_correction_reaches_no_further_back_than_the_reactivation(cast: Cast) -> None:
    customer, site = yearly(cast)
    cancel(customer)
    cast.clock("2024-02-20")
    assert cast.provider.post(f"{customer.path}/reactivation", {}).status == 201
    cast.clock("2024-02-25")
    body = {"changes": [{"site": site.id, "type": "voice", "quantity": 9}]}
    changes = f"{customer.path}/allocation-changes"
    assert code(cast.provider.post(changes, body | {"effective_on": "2023-12-31"})) == (422, "invalid")
    assert cast.provider.post(changes, body | {"effective_on": "2024-02-20"}).status == 201


def test_the_second_of_two_tabs_is_refused(cast: Cast) -> None:
    customer, _ = yearly(cast)
    tag = customer.read().etag
    first = cast.provider.patch(customer.path, {"cancel_at_end_of_period": True}, if_match=tag)
    assert first.status == 200
    second = cast.provider.patch(customer.path, {"term_months": 1}, if_match=tag)
    assert code(second) == (412, "changed_meanwhile")


def test_a_customer_decides_nothing_of_its_own_commitment(cast: Cast) -> None:
    own = cast.brumes.administrator
    for body in ({"cancel_at_end_of_period": True}, {"archived": True}):
        assert code(own.patch(cast.brumes.path, body)) == (403, "scope_too_small")
    assert code(own.patch(cast.brumes.path, {"not_for_resale": True})) == (403, "provider_only")
    assert own.patch(cast.brumes.path, {"cancel_at_end_of_period": False}).code == "scope_too_small"


@pytest.mark.parametrize("flag", ["not_for_resale", "unlimited"])
def test_the_providers_flags_are_the_providers(cast: Cast, flag: str) -> None:
    cast.clock("2022-06-02")
    partner = cast.key("A partner", partner=cast.opaline)
    assert code(partner.patch(cast.brumes.path, {flag: True})) == (403, "provider_only")
    assert partner.patch(cast.brumes.path, {flag: False}).status == 200
    assert cast.provider.patch(cast.brumes.path, {flag: True})[flag] is True
    assert partner.patch(cast.brumes.path, {"purchase_order": "PO 8"}).status == 200
    assert cast.provider.patch(cast.brumes.path, {flag: False})[flag] is False


def test_unlimited_cannot_be_set_from_its_date_on_and_can_be_taken_away(cast: Cast) -> None:
    cast.clock("2022-08-22")
    assert cast.provider.patch(cast.brumes.path, {"unlimited": True}).status == 200
    cast.clock("2022-08-23")
    assert cast.provider.patch(cast.brumes.path, {"unlimited": True}).status == 200
    assert cast.provider.patch(cast.brumes.path, {"unlimited": False}).status == 200
    refused = cast.provider.patch(cast.brumes.path, {"unlimited": True})
    assert (refused.code, refused["date"]) == ("unlimited_retired", "2022-08-23")


def test_not_for_resale_is_left_out_of_invoices_from_the_next_period_on(cast: Cast) -> None:
    customer, site = yearly(cast, seats=2)
    body = {"not_for_resale": True}
    shown = cast.provider.post(f"{customer.path}/preview", body)
    assert (shown["effect"]["next_invoice"]["date"], shown["effect"]["next_invoice"]["net"]) == ("2024-01-01", "0.00")
    assert cast.provider.patch(customer.path, body | {"digest": shown["effect"]["digest"]}).status == 200
    # The limit ends at once, the invoices with the period.
    site.add_users(3)
    cast.clock("2023-07-01T08:00:00+02:00")
    assert site.allocate(voice=4).status == 201
    cast.clock("2024-01-01T08:00:00+01:00")
    cast.bill("2024-01-01")
    lines = [line for line in cast.invoice("2024-01-01", cast.opaline)["lines"] if line["customer"] == customer.id]
    assert [(line["quantity"], line["start"], line["end"]) for line in lines] == [(2, "2023-07-01", "2024-01-01")]
    assert cast.provider.patch(customer.path, {"not_for_resale": False}).status == 200
    cast.clock("2025-01-01T08:00:00+01:00")
    cast.bill("2025-01-01")
    lines = [line for line in cast.invoice("2025-01-01", cast.opaline)["lines"] if line["customer"] == customer.id]
    assert [(line["quantity"], line["start"]) for line in lines] == [(4, "2025-01-01")]


def names(client: ApiClient, address: str) -> list[str]:
    return [row["name"] for row in client.everything(address)]


def test_an_ended_customer_can_be_archived_and_comes_back_when_reactivated(cast: Cast) -> None:
    customer, _ = yearly(cast)
    cancel(customer)
    cast.clock("2024-01-02")
    assert cast.provider.patch(customer.path, {"archived": True})["archived_at"] is not None
    assert "Atelier" not in names(cast.provider, "/customers")
    assert names(cast.provider, "/customers?archived=true") == ["Atelier"]
    assert customer.read().status == 200
    assert cast.provider.patch(customer.path, {"archived": False})["archived_at"] is None
    assert cast.provider.patch(customer.path, {"archived": True}).status == 200
    assert cast.provider.post(f"{customer.path}/reactivation", {}).status == 201
    assert "Atelier" in names(cast.provider, "/customers")


def test_an_empty_site_can_be_archived(cast: Cast) -> None:
    customer, site = yearly(cast)
    path = f"{customer.path}/sites/{site.id}"
    assert code(cast.provider.patch(path, {"archived": True})) == (409, "site_in_use")
    empty = customer.site("Bron")
    address = f"{customer.path}/sites/{empty.id}"
    assert customer.administrator.patch(address, {"archived": True})["archived_at"] is not None
    assert names(cast.provider, f"{customer.path}/sites") == ["Lyon"]
    assert names(cast.provider, f"{customer.path}/sites?archived=true") == ["Bron"]
    shown = cast.provider.get(f"{customer.path}/subscriptions")["sites"]
    assert [row["name"] for row in shown] == ["Lyon"]
    # Who gets seats is shown, in the archive or not.
    assert empty.allocate(voice=1).status == 201
    assert len(cast.provider.get(f"{customer.path}/subscriptions")["sites"]) == 2
    assert cast.provider.patch(address, {"archived": False})["archived_at"] is None


def test_what_was_made_by_mistake_is_removed(cast: Cast) -> None:
    partner = cast.key("A partner", partner=cast.opaline)
    body = {"partner": cast.opaline, "name": "Doublon", "term_months": 1}
    made = partner.made("/customers", body)
    path = f"/customers/{made.id}"
    site = partner.made(f"{path}/sites", {"name": "Ici"})
    assert partner.delete(f"{path}/sites/{site.id}").status == 204
    assert partner.get(f"{path}/sites/{site.id}").status == 404
    site = partner.made(f"{path}/sites", {"name": "Là"})
    # Asking for no seat opens a balance, and nothing more.
    nothing = {"changes": [{"site": site.id, "type": "voice", "quantity": 0}]}
    assert partner.post(f"{path}/allocation-changes", nothing).status == 201
    assert partner.delete(path).status == 204
    assert partner.get(path).status == 404
    assert partner.delete(path).status == 404
    last = partner.get("/journal")["items"][0]
    assert (last["action"], last["before"]["name"]) == ("customer.remove", "Doublon")


def test_a_mistake_takes_its_requests_and_imports_along(cast: Cast) -> None:
    made = cast.provider.made("/customers", {"partner": cast.opaline, "name": "Doublon", "term_months": 1})
    path = f"/customers/{made.id}"
    site = cast.provider.made(f"{path}/sites", {"name": "Ici"})
    asked = cast.provider.made(f"{path}/requests", {"allocations": [{"site": site.id, "type": "voice", "seats": 1}]})
    list_ = b"Nom complet;Site;Type\nZo;Ici;voice\n"
    sent = cast.provider.post_file(f"{path}/user-imports", list_, preview="true")
    assert code(cast.provider.delete(path)) == (409, "not_empty")
    cast.work()
    chosen = {"fields": ["first_name", "site", "type"]}
    assert cast.provider.send("PUT", f"{path}/user-imports/{sent.id}/columns", chosen).status == 202
    cast.work()
    assert cast.provider.get(f"{path}/user-imports/{sent.id}")["state"] == "ready"
    # What is asked for or imported there can wait no longer, and says so.
    assert cast.provider.delete(f"{path}/sites/{site.id}").status == 204
    for waiting in (f"{path}/requests/{asked.id}", f"{path}/user-imports/{sent.id}"):
        shown = cast.provider.get(waiting)
        assert (shown.status, shown["problem"]["code"]) == (200, "site_removed")
    assert cast.provider.post(f"{path}/requests/{asked.id}/approve").code == "site_removed"
    assert code(cast.provider.delete(path)) == (409, "not_empty")
    assert cast.provider.post(f"{path}/requests/{asked.id}/decline", {"reason": "Non."}).status == 200
    assert cast.provider.delete(path).status == 204
    # The job that was to tell of the answer comes later, and finds nobody to tell.
    tell_of_request(customer_id=UUID(made.id), request_id=UUID(asked.id), event="answered")


def test_what_was_ever_used_stays(cast: Cast) -> None:
    customer, site = yearly(cast)
    assert code(cast.provider.delete(customer.path)) == (409, "not_empty")
    assert code(cast.provider.delete(f"{customer.path}/sites/{site.id}")) == (409, "not_empty")
    with_tenant = customer.site("Bron")
    with_tenant.attach()
    assert code(cast.provider.delete(f"{customer.path}/sites/{with_tenant.id}")) == (409, "not_empty")
    # Of a customer of its own administrators, nothing else is there.
    empty = cast.customer("Vide", cast.opaline)
    assert code(cast.key("P", partner=cast.opaline).delete(empty.path)) == (409, "not_empty")
    assert empty.read().status == 200
