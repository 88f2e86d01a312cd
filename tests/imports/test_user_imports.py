"""Lists of users by REST: checked as a whole, shown, and imported whole or not at all (SPEC 5)."""

from __future__ import annotations

from typing import Any

import pytest

from strapontin.access.models import ROLES
from strapontin.jobs.retention import delete_old
from strapontin.jobs.tasks import clock_outside
from tests.api.client import Answer, ApiClient
from tests.cast import Cast, Customer, Site

HEAD = "Prénom;Nom;E-mail;Site;Type de souscription;Poste;Actif"


@pytest.fixture
def lyon(cast: Cast) -> Site:
    """A site of Les Brumes with four voice seats, one of them used."""
    cast.clock("2022-11-10")
    site = cast.brumes.site("Lyon")
    assert site.allocate(voice=4, uc=1).status == 201
    site.add_users(1)
    return site


def csv(*rows: str, head: str = HEAD) -> bytes:
    """A file as a French spreadsheet writes it."""
    return "\r\n".join([head, *rows, ""]).encode("cp1252")


def send(
    customer: Customer, data: bytes, *, by: ApiClient | None = None, name: str = "users.csv", **fields: str
) -> Answer:
    """The import of a file, after the job."""
    client = by or customer.by
    started = client.post_file(f"{customer.path}/user-imports", data, name, **fields)
    assert started.status == 202, started.body
    assert started["state"] == "queued"
    customer.stage.work()
    return client.get(f"{customer.path}/user-imports/{started.id}")


def confirm(customer: Customer, import_id: str, body: Any = None, *, by: ApiClient | None = None) -> Answer:
    """The import after its confirmation and the job."""
    client = by or customer.by
    confirmed = client.post(f"{customer.path}/user-imports/{import_id}/confirmation", body)
    if confirmed.status != 202:
        return confirmed
    customer.stage.work()
    return client.get(f"{customer.path}/user-imports/{import_id}")


def emails(customer: Customer) -> list[str]:
    """The e-mails of the customer's users who have one."""
    return sorted(user["email"] for user in customer.by.everything(f"{customer.path}/users") if user["email"])


def told(answer: Answer) -> list[tuple[int | None, str | None, str]]:
    """Row, column and code of each error."""
    return [(error["row"], error["column"], error["code"]) for error in answer["errors"]]


def test_a_list_is_shown_confirmed_and_imported(cast: Cast, lyon: Site) -> None:
    rows = [
        "Zoé;Côté;Zoe@Example.ORG;lyon;Voix;4012;oui",
        "Luc;;luc@example.org;Lyon;VOICE;;",
        "Ève;Ober;;Lyon;Voix;;non",
    ]
    shown = send(cast.brumes, csv(*rows), preview="true")
    assert (shown["state"], shown["rows"], shown["missing"], shown["effect"]) == ("ready", 3, [], None)
    assert shown["progress"] == {"done": 3, "total": 3}
    assert [column["field"] for column in shown["columns"]][:4] == ["first_name", "last_name", "email", "site"]
    assert emails(cast.brumes) == []
    done = confirm(cast.brumes, shown.id, {"digest": shown["digest"]})
    assert (done["state"], done["created"], done["errors"]) == ("done", 3, [])
    assert emails(cast.brumes) == ["Zoe@example.org", "luc@example.org"]
    users = {user["first_name"]: user for user in cast.provider.everything(f"{cast.brumes.path}/users")}
    assert (users["Zoé"]["extension"], users["Ève"]["enabled"], users["Luc"]["enabled"]) == ("4012", False, True)
    assert lyon.figures() == {"allocated": 4, "next_cycle": 4, "used": 4, "unused": 0, "remaining": 0, "over": 0}
    again = cast.provider.post(f"{cast.brumes.path}/user-imports/{shown.id}/confirmation", {"digest": shown["digest"]})
    assert (again.status, again.code) == (409, "import_not_ready")


def test_missing_seats_are_shown_with_their_effect_and_allocated_together(cast: Cast, lyon: Site) -> None:
    rows = [f"User {n};;u{n}@example.org;Lyon;Voix;;" for n in range(5)] + ["Una;;una@example.org;Lyon;uc;;"]
    shown = send(cast.brumes, csv(*rows), preview="true")
    assert shown["missing"] == [{"site": lyon.id, "type": "voice", "seats": 2}]
    (entry,) = shown["effect"]["entries"]
    assert (entry["kind"], entry["delta"], entry["quantity_after"]) == ("raise", 2, 6)
    assert shown["effect"]["next_invoice"]["total"] is not None
    refused = confirm(cast.brumes, shown.id)
    assert (refused.status, refused.code, refused["missing"]) == (409, "no_free_seat", 2)
    lyon.allocate(uc=2)
    stale = confirm(cast.brumes, shown.id, {"digest": shown["digest"], "allocate_missing": True})
    assert (stale.status, stale.code) == (409, "preview_outdated")
    done = confirm(cast.brumes, shown.id, {"digest": stale["digest"], "allocate_missing": True})
    assert (done["state"], done["created"]) == ("done", 6)
    assert lyon.figures()["allocated"] == lyon.figures()["used"] == 6
    ledger = cast.provider.everything(f"{cast.brumes.path}/ledger")
    assert sum(row["delta"] for row in ledger if row["type"] == "voice") == 6


def test_figures_that_change_between_confirmation_and_job(cast: Cast, lyon: Site) -> None:
    rows = [f"User {n};;u{n}@example.org;Lyon;Voix;;" for n in range(5)]
    shown = send(cast.brumes, csv(*rows), preview="true")
    body = {"digest": shown["digest"], "allocate_missing": True}
    assert cast.provider.post(f"{cast.brumes.path}/user-imports/{shown.id}/confirmation", body).status == 202
    lyon.allocate(voice=5)
    cast.work()
    after = cast.provider.get(f"{cast.brumes.path}/user-imports/{shown.id}")
    assert (after["state"], after["refusal"]["code"], after["created"]) == ("ready", "preview_outdated", 0)
    assert after["missing"] == [{"site": lyon.id, "type": "voice", "seats": 1}]
    assert lyon.figures()["used"] == 1
    assert confirm(cast.brumes, shown.id, {**body, "digest": after["digest"]})["state"] == "done"


def test_errors_by_row_and_column(cast: Cast, lyon: Site) -> None:
    assert lyon.add_user("Old", email="old@example.org").status == 201
    rows = [
        ";Sans prénom;a@example.org;Lyon;Voix;;",
        "Bea;;no address;Lyon;Voix;;",
        "Cyr;;c@example.org;Lille;Voix;;",
        "Dan;;d@example.org;Lyon;Fax;abc;peut-être",
        ";;;;;;",
        "Eli;;C@EXAMPLE.org;;;;",
        "Fay;;OLD@example.org;Lyon;Voix;;",
    ]
    shown = send(cast.brumes, csv(*rows), preview="true")
    assert told(shown) == [
        (2, "Prénom", "invalid"),
        (3, "E-mail", "invalid"),
        (4, "Site", "unknown_site"),
        (5, "Type de souscription", "unknown_type"),
        (5, "Actif", "yes_or_no"),
        (5, "Poste", "invalid"),
        (7, "Site", "required"),
        (7, "Type de souscription", "required"),
        (7, "E-mail", "email_twice"),
        (8, "E-mail", "email_in_use"),
    ]
    assert shown["error_count"] == 10
    details = {error["code"]: error["detail"] for error in shown["errors"]}
    assert details["email_twice"] == "Row 4 has the same e-mail address."
    assert details["unknown_site"] == "There is no site “Lille”."
    refused = confirm(cast.brumes, shown.id)
    assert (refused.status, refused.code) == (409, "import_has_errors")
    direct = send(cast.brumes, csv(*rows))
    assert (direct["state"], direct["error_count"], direct["digest"]) == ("failed", 10, None)
    assert lyon.figures()["used"] == 2


def test_details_are_in_the_readers_language(cast: Cast, lyon: Site) -> None:
    shown = send(cast.brumes, csv("Bea;;no address;Lille;Voix;;"), preview="true")
    reader = ApiClient(cast.provider.key, language="fr")
    french = reader.get(f"{cast.brumes.path}/user-imports/{shown.id}")
    assert [error["detail"] for error in french["errors"]] == [
        "Il n’y a pas de site «\xa0Lille\xa0».",
        "Saisissez une adresse e-mail valide.",
    ]


def test_columns_that_no_guess_finds_are_chosen_and_remembered(cast: Cast, lyon: Site) -> None:
    head = "Wer;Wo;Was;Sonst"
    shown = send(cast.brumes, csv("Ana;Lyon;Voix;x", head=head), preview="true")
    assert told(shown) == [(None, None, "column_missing")] * 3
    assert [error["field"] for error in shown["errors"]] == ["first_name", "site", "type"]
    columns = f"{cast.brumes.path}/user-imports/{shown.id}/columns"
    wrong = cast.provider.send("PUT", columns, {"fields": ["first_name", "site", "type", "shoe"]})
    assert (wrong.status, wrong.code) == (422, "invalid")
    chosen = cast.provider.send("PUT", columns, {"fields": ["first_name", "site", "type", ""]})
    assert chosen.status == 202
    cast.work()
    assert confirm(cast.brumes, shown.id)["state"] == "done"
    later = send(cast.brumes, csv("Bea;Lyon;Voix;x", head=head))
    assert (later["state"], later["created"]) == ("done", 1)


def test_users_in_the_body(cast: Cast, lyon: Site) -> None:
    users = [
        {"first_name": "Ana", "site": lyon.id, "type": "voice"},
        {"first_name": "", "site": lyon.id, "type": "voice"},
    ]
    imports = f"{cast.brumes.path}/user-imports"
    started = cast.provider.made(imports, {"users": users, "preview": True})
    cast.work()
    shown = cast.provider.get(f"{imports}/{started.id}")
    assert told(shown) == [(2, "first_name", "invalid")]
    started = cast.provider.made(imports, {"users": users[:1]})
    cast.work()
    assert cast.provider.get(f"{imports}/{started.id}")["state"] == "done"
    bodies: tuple[Any, ...] = ({}, {"users": []}, {"users": users, "file": "x"}, {"file": "x"})
    for body in bodies:
        assert cast.provider.post(imports, body).code == "invalid"
    assert [item["state"] for item in cast.provider.get(imports).items] == ["done", "ready"]


def test_a_file_that_is_none(cast: Cast, lyon: Site) -> None:
    imports = f"{cast.brumes.path}/user-imports"
    for data, code in ((b"", "file_empty"), (b"%PDF\x00", "file_unreadable"), (b"PK\x03\x04", "file_unreadable")):
        refused = cast.provider.post_file(imports, data)
        assert (refused.status, refused.code) == (422, code)
    failed = send(cast.brumes, csv(), preview="true")
    assert (failed["state"], failed["refusal"]["code"]) == ("failed", "file_empty")


def test_a_role_that_was_taken_meanwhile(cast: Cast, lyon: Site) -> None:
    imports = f"{cast.brumes.path}/user-imports"
    helper = cast.key("A helper", customer=cast.brumes.id, roles=["users"])
    rows = [f"User {n};;u{n}@example.org;Lyon;Voix;;" for n in range(5)]
    shown = send(cast.brumes, csv(*rows), by=helper, preview="true")
    assert shown["missing"] == [{"site": lyon.id, "type": "voice", "seats": 2}]
    assert shown["effect"] is None
    refused = confirm(cast.brumes, shown.id, {"allocate_missing": True}, by=helper)
    assert (refused.status, refused["role"]) == (403, "subscriptions")
    holder = cast.key("A holder", partner=cast.opaline, roles=ROLES)
    body = {"allocate_missing": True, "digest": holder.get(f"{imports}/{shown.id}")["digest"]}
    assert holder.post(f"{imports}/{shown.id}/confirmation", body).status == 202
    for key in cast.provider.everything("/api-keys"):
        if key["name"] == "A holder":
            assert cast.provider.delete(f"/api-keys/{key['id']}").status == 204
    cast.work()
    after = cast.provider.get(f"{imports}/{shown.id}")
    assert (after["state"], after["refusal"]["code"], lyon.figures()["used"]) == ("ready", "asker_left", 1)


def test_a_customer_sees_seats_and_no_price(cast: Cast, lyon: Site) -> None:
    own = cast.brumes.administrator
    rows = [f"User {n};;u{n}@example.org;Lyon;Voix;;" for n in range(5)]
    shown = send(cast.brumes, csv(*rows), by=own, preview="true")
    assert shown["effect"]["entries"]
    assert shown["effect"]["next_invoice"] is None
    done = confirm(cast.brumes, shown.id, {"digest": shown["digest"], "allocate_missing": True}, by=own)
    assert done["state"] == "done"


def test_a_file_that_nobody_confirms_is_deleted(cast: Cast, lyon: Site) -> None:
    shown = send(cast.brumes, csv("Ana;;ana@example.org;Lyon;Voix;;"), preview="true")
    for day, state in (("2022-11-16", "ready"), ("2022-11-18", "failed")):
        cast.clock(day)
        settings, at = clock_outside()
        delete_old(settings=settings, at=at)
        after = cast.provider.get(f"{cast.brumes.path}/user-imports/{shown.id}")
        assert after["state"] == state
    assert after["refusal"]["code"] == "import_forgotten"
    with cast.database.superuser() as connection:
        assert connection.execute("SELECT file IS NULL FROM user_import").fetchall() == [(True,)]


def test_a_site_on_a_stack(cast: Cast, lyon: Site) -> None:
    one, two = lyon.attach(), lyon.attach()
    with_tenant = HEAD + ";Tenant"
    rows = [
        "Ana;;ana@example.org;Lyon;Voix;;;",
        f"Bea;;;Lyon;Voix;;;{one}",
        f"Cyr;;c@example.org;Lyon;Voix;;;{cast.brumes.id}",
    ]
    shown = send(cast.brumes, csv(*rows, head=with_tenant), preview="true")
    assert [(row, code) for row, _, code in told(shown)] == [
        (2, "tenant_required"),
        (3, "email_required"),
        (4, "unknown_tenant"),
    ]
    done = send(cast.brumes, csv(f"Ana;;ana@example.org;Lyon;Voix;;;{two}", head=with_tenant))
    assert (done["state"], done["created"]) == ("done", 1)
    (user,) = (user for user in cast.provider.everything(f"{cast.brumes.path}/users") if user["first_name"] == "Ana")
    assert user["tenant"] == two
    assert user["stack_state"] in ("waiting", "sent")


def test_an_import_confirmed_after_the_end_says_when_the_customer_expired(cast: Cast, lyon: Site) -> None:
    shown = send(cast.brumes, csv("Luc;;luc@example.org;Lyon;Voix;;"), preview="true")
    cast.provider.patch(cast.brumes.path, {"cancel_at_end_of_period": True})
    cast.clock("2022-12-20")
    read = cast.provider.get(f"{cast.brumes.path}/user-imports/{shown.id}")
    assert (read.status, read["state"], read["digest"], read["problem"]["code"]) == (
        *(200, "ready"),
        *(None, "customer_expired"),
    )
    refused = confirm(cast.brumes, shown.id)
    assert (refused.status, refused.code) == (409, "customer_expired")
    assert "1 December 2022" in refused["detail"]
    late = send(cast.brumes, csv("Eva;;eva@example.org;Lyon;Voix;;"), preview="false")
    assert (late["state"], late["refusal"]["code"]) == ("failed", "customer_expired")
    assert "1 December 2022" in late["refusal"]["detail"]


def test_what_is_above_the_limits_is_shown_with_the_import_and_refused(cast: Cast, lyon: Site) -> None:
    limits = {"may_lower": True, "may_raise": True, "seats_per_month": 1}
    assert cast.provider.send("PUT", f"{cast.brumes.path}/limits", limits).status == 200
    own = cast.brumes.administrator
    rows = [f"User {n};;u{n}@example.org;Lyon;Voix;;" for n in range(6)]
    shown = send(cast.brumes, csv(*rows), by=own, preview="true")
    assert (shown.status, shown["state"], shown["effect"]) == (200, "ready", None)
    assert shown["missing"] == [{"site": lyon.id, "type": "voice", "seats": 3}]
    assert shown["problem"]["code"] == "above_limit" and "1 seat can still" in shown["problem"]["detail"]
    refused = confirm(cast.brumes, shown.id, {"allocate_missing": True}, by=own)
    assert (refused.status, refused.code, refused["seats_left"]) == (409, "above_limit", 1)
    at_once = send(cast.brumes, csv(*rows), by=own, preview="false", allocate_missing="true")
    assert (at_once["state"], at_once["refusal"]["code"]) == ("failed", "above_limit")
    assert emails(cast.brumes) == []
    path = f"{cast.brumes.path}/user-imports/{at_once.id}"
    french = own.send("GET", path, headers={"Accept-Language": "fr"})
    assert "1 siège peut encore" in french["refusal"]["detail"], french["refusal"]["detail"]
    assert confirm(cast.brumes, shown.id, {"allocate_missing": True})["created"] == 6, "the provider has no limit"
