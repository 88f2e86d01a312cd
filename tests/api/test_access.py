"""API keys, administrators, stacks, types, prices and the journal."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from strapontin.access.models import ROLES
from tests.cast import Cast, Stage
from tests.concurrently import together


def test_nobody_grants_what_they_do_not_hold(cast: Cast) -> None:
    few = cast.partner_administrator(cast.opaline, ["administrators", "users"])
    own = {"partner": cast.opaline}
    for path, extra in (("/api-keys", {}), ("/administrators", {"email": "zoe@example.org"})):
        body = {"name": "x", **extra}
        for scope, roles, code in (
            (own, ["users", "stacks"], "cannot_grant"),
            ({"provider": True}, [], "cannot_grant"),
            ({"partner": cast.tramontane}, [], "not_found"),
            ({"customer": cast.zenith.id}, [], "not_found"),
            ({"partner": str(uuid4())}, [], "not_found"),
            ({}, [], "invalid"),
            ({"provider": False}, [], "invalid"),
            ({"provider": True, "partner": cast.opaline}, [], "invalid"),
            (own, ["kings"], "invalid"),
        ):
            assert few.post(path, body | {"scope": scope, "roles": roles}).code == code, (path, scope, roles)
        for scope in (own, {"partner": cast.ouest}, {"customer": cast.lagune.id}):
            unique = {"email": f"{uuid4()}@example.org"} if extra else {}
            assert few.post(path, body | unique | {"scope": scope, "roles": ["users"]}).status == 201


def test_roles_are_changed_within_bounds(cast: Cast) -> None:
    body = {"name": "Zoé", "email": "zoe@example.org", "scope": {"partner": cast.opaline}, "roles": ["stacks"]}
    path = f"/administrators/{cast.provider.made('/administrators', body).id}"
    few = cast.partner_administrator(cast.opaline, ["administrators", "users"])
    assert few.patch(path, {"roles": ["stacks", "invoices"]}).code == "cannot_grant"
    assert few.patch(path, {"roles": ["stacks", "users"]})["roles"] == ["stacks", "users"]
    assert few.patch(path, {"roles": []})["roles"] == []
    assert few.patch(path, {"roles": ["stacks"]}).code == "cannot_grant"
    assert cast.partner_administrator(cast.ouest).get(path).code == "not_found"
    assert cast.brumes.administrator.patch(path, {"name": "x"}).code == "not_found"


def test_what_has_no_version_has_a_tag_all_the_same(cast: Cast) -> None:
    body = {"name": "Zoé", "email": "zoe@example.org", "scope": {"partner": cast.opaline}, "roles": []}
    administrator = f"/administrators/{cast.provider.made('/administrators', body).id}"
    for path, change in ((administrator, {"name": "Zoé B."}), ("/subscription-types/cr", {"position": 9})):
        before = cast.provider.get(path).etag
        changed = cast.provider.patch(path, change, if_match=before)
        assert changed.status == 200
        assert changed.etag == cast.provider.get(path).etag != before
        assert cast.provider.patch(path, change, if_match=before).code == "changed_meanwhile"


def test_who_is_listed(cast: Cast) -> None:
    for name, scope in (
        ("P", {"provider": True}),
        ("O", {"partner": cast.opaline}),
        ("W", {"partner": cast.ouest}),
        ("B", {"customer": cast.brumes.id}),
        ("T", {"partner": cast.tramontane}),
    ):
        body = {"name": name, "email": f"{name.lower()}@example.org", "scope": scope, "roles": ROLES}
        cast.provider.made("/administrators", body)

    def names(who: object, query: str = "") -> str:
        return "".join(sorted(a["name"] for a in who.everything(f"/administrators?{query}")))  # type: ignore[attr-defined]

    opaline = cast.partner_administrator(cast.opaline)
    assert names(cast.provider) == "BOPTW"
    assert names(opaline) == "OW"
    assert names(opaline, f"customer={cast.brumes.id}") == "B"
    assert opaline.get(f"/administrators?customer={cast.zenith.id}").code == "not_found"
    assert names(cast.brumes.administrator) == "B"


def test_stacks_keep_their_password(cast: Cast) -> None:
    body = {"name": "Standard", "kind": "wazo", "url": "https://wazo.example", "username": "portal"}
    made = cast.provider.made("/stacks", body | {"password": "correct horse"})
    path = f"/stacks/{made.id}"
    assert (made["has_password"], "password" in made.body) == (True, False)
    with cast.database.superuser() as connection:
        (sealed,) = connection.execute("SELECT password_sealed FROM stack").fetchall()
    assert b"horse" not in sealed[0]
    assert cast.provider.patch(path, {"name": "Autre"})["has_password"] is True
    assert cast.provider.patch(path, {"url": "https://elsewhere.example"})["has_password"] is False
    assert cast.provider.patch(path, {"password": "again"})["has_password"] is True


def test_what_is_no_stack(cast: Cast) -> None:
    body = {"name": "Standard", "kind": "wazo"}
    for url in ("", "wazo.example", "ftp://x", "https://u:p@x", "https://", "file:///etc/passwd", "https://x:99999"):
        assert cast.provider.post("/stacks", body | {"url": url}).code == "invalid", url
    csv = {"name": "Fichier", "kind": "csv", "url": "file:///srv/users.csv"}
    assert cast.provider.post("/stacks", csv).status == 201
    assert cast.partner_administrator(cast.opaline).post("/stacks", csv).code == "provider_only"


def test_a_tenant_belongs_to_one_site_everywhere(cast: Cast) -> None:
    stack = cast.provider.made("/stacks", {"name": "S", "kind": "wazo", "url": "https://s.example"}).id
    tenant = {"stack": stack, "tenant_uuid": str(uuid4())}
    ours, theirs = cast.brumes.site(), cast.zenith.site()
    path = f"{cast.brumes.path}/sites/{ours.id}/stack-tenants"
    other_path = f"{cast.zenith.path}/sites/{theirs.id}/stack-tenants"
    attached = cast.provider.made(path, tenant)
    assert cast.provider.post(path, tenant).code == "tenant_in_use"
    assert cast.provider.post(other_path, tenant).code == "tenant_in_use"
    again = cast.provider.made("/stacks", {"name": "Again", "kind": "wazo", "url": "https://again.example"}).id
    assert cast.provider.post(other_path, tenant | {"stack": again}).code == "tenant_in_use", "by another stack, too"
    # The provider's own stacks are not a partner's to use.
    assert cast.partner_administrator(cast.opaline).post(path, tenant).code == "invalid"
    assert cast.provider.delete(f"{path}/{attached.id}").status == 204
    assert cast.provider.made(other_path, tenant).id
    assert ours.add_user("Ana", email="ana@example.org").status == 201


def test_a_tenant_with_users_is_detached_with_what_was_shown(cast: Cast) -> None:
    site = cast.brumes.site()
    cast.arrive_on_stack(site, 1)
    path = f"{cast.brumes.path}/sites/{site.id}/stack-tenants"
    (tenant,) = cast.provider.get(path).items
    address = f"{path}/{tenant['id']}"
    assert cast.provider.delete(address).code == "tenant_has_users"
    assert cast.provider.get(path).items == [tenant]
    shown = cast.provider.post(f"{address}/detachment/preview")
    assert (shown.body["seats"], shown.body["open_calls"]) == ([{"type": "voice", "used": -1}], 0)
    ((user,), digest) = shown.body["users"], shown.body["digest"]
    assert user["goes"]
    outdated = cast.provider.post(f"{address}/detachment", {"digest": "other"})
    assert (outdated.code, outdated.body["digest"]) == ("preview_outdated", digest)
    assert cast.provider.post(f"{address}/detachment", {"digest": digest}).status == 200
    assert cast.provider.get(path).items == []
    assert site.figures("voice")["used"] == 0


def test_an_integer_of_a_stack_means_one_type(stage: Stage) -> None:
    answers: list[int] = []

    def create(code: str) -> None:
        body = {"code": code, "name_fr": code, "name_en": code, "stack_ids": [9]}
        answers.append(stage.provider.post("/subscription-types", body).status)

    together(*(partial(create, f"fax-{number}") for number in range(8)))
    assert sorted(answers) == [201, *[409] * 7]


def test_types(stage: Stage) -> None:
    assert [t["code"] for t in stage.provider.get("/subscription-types").items] == ["voice", "uc", "cr"]
    fax = {"code": "fax", "name_fr": "Télécopie", "name_en": "Fax", "stack_ids": [7]}
    assert stage.provider.made("/subscription-types", fax)["id"] == "fax"
    assert stage.provider.post("/subscription-types", fax).code == "already_exists"
    assert stage.provider.patch("/subscription-types/fax", {"stack_ids": [0]}).code == "already_exists"
    assert stage.provider.patch("/subscription-types/fax", {"stack_ids": []})["stack_ids"] == []
    assert stage.provider.get("/subscription-types/telex").code == "not_found"


def test_price_lists(stage: Stage) -> None:
    body = {"name": "2023", "currency": "EUR", "valid_from": "2023-01-01", "prices": {"voice": "12.5", "uc": "20"}}
    body |= {"term_discounts": {"12": "12.5"}, "level_discounts": {"gold": "10"}}
    made = stage.provider.made("/price-lists", body)
    assert made["prices"] == {"voice": "12.50", "uc": "20.00"}
    assert (made["term_discounts"], made["level_discounts"]) == ({"12": "12.5"}, {"gold": "10"})
    assert stage.provider.get(f"/price-lists/{made.id}").body == made.body
    assert stage.provider.post("/price-lists", body).code == "already_exists"
    for prices in (
        {"voice": 12.5},
        {"voice": "12.555"},
        {"voice": "-1"},
        {"voice": "1e3"},
        {"telex": "1"},
        {"voice": "NaN"},
    ):
        assert (
            stage.provider.post("/price-lists", body | {"valid_from": "2024-01-01", "prices": prices}).code == "invalid"
        )


def test_the_journal_tells_who_did_what(cast: Cast) -> None:
    site = cast.brumes.site("Lyon")
    assert cast.provider.patch(f"{cast.brumes.path}/sites/{site.id}", {"address": "12 quai"}).status == 200
    latest = cast.provider.get("/journal?limit=1").items[0]
    assert (latest["action"], latest["door"], latest["customer"]) == ("site.change", "api", cast.brumes.id)
    assert latest["object"] == {"kind": "site", "id": site.id}
    assert latest["actor"]["name"] == "The provider"
    assert "12 quai" not in str(latest)
    # A customer reads its own, and of those above it no name.
    own = cast.brumes.administrator.get("/journal").items
    assert {entry["customer"] for entry in own} == {cast.brumes.id}
    assert own[0]["actor"] == {"kind": "api_key", "id": None, "name": "the provider"}
    assert cast.provider.get(f"/journal?customer={cast.brumes.id}").items[0]["id"] == own[0]["id"]


def test_a_synchronisation_may_be_of_one_site(cast: Cast) -> None:
    here, there = cast.brumes.site(), cast.brumes.site("Brest")
    for site in (here, there):
        cast.arrive_on_stack(site, 1)
    path = f"{cast.brumes.path}/synchronizations"
    (only,) = cast.provider.post(path, {"site": there.id})["sites"]
    assert only["site"] == there.id
    assert cast.provider.post(path, {"site": cast.zenith.site().id}).code == "not_found"
    assert len(cast.provider.post(path, {})["sites"]) == 2, "the running one is widened"
