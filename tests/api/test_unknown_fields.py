"""What a request says and nobody knows is refused by name; ``null`` clears what may be empty, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from strapontin.api.openapi import description
from tests.cast import Cast, Stage
from tests.scenarios.access_table import TABLE, Scene


def with_unknown_fields(body: Any, path: str = "") -> Iterator[tuple[Any, str]]:
    """The body with a field too many in each of its objects, and where that is."""
    if isinstance(body, dict):
        yield body | {"effective": "2023-01-05"}, f"{path}effective"
        for name, part in body.items():
            # The keys of these are codes, not fields.
            if name not in ("prices", "term_discounts", "level_discounts"):
                for more, where in with_unknown_fields(part, f"{path}{name}."):
                    yield body | {name: more}, where
    elif isinstance(body, list):
        for n, part in enumerate(body):
            for more, where in with_unknown_fields(part, f"{path}{n}."):
                yield [*body[:n], more, *body[n + 1 :]], where


def test_unknown_fields_are_refused_by_name_in_every_body(cast: Cast) -> None:
    scene, depths = Scene(cast), set()
    for endpoint, row in TABLE.items():
        method, template = endpoint.split(" ")
        if method == "GET":
            continue
        for body, where in with_unknown_fields(row.body(scene) if row.body else {}):
            refused = cast.provider.send(method, scene.address(template), body)
            assert (refused.status, refused.code) == (422, "invalid"), (endpoint, body, refused.body)
            assert where in [error["field"] for error in refused["errors"]], (endpoint, refused.body)
            depths.add(where.count("."))
    assert depths == {0, 1, 2}


def test_unknown_parameters_are_refused_by_name(cast: Cast) -> None:
    scene = Scene(cast)
    for endpoint in TABLE:
        method, template = endpoint.split(" ")
        refused = cast.provider.send(method, scene.address(template) + "?sitte=x", {} if method == "PATCH" else None)
        assert (refused.status, refused.code) == (422, "invalid"), endpoint
        assert [error["field"] for error in refused["errors"]] == ["sitte"], endpoint


def test_the_description_says_so() -> None:
    schemas = json.loads(description())["components"]["schemas"]
    assert schemas["ChangesIn"]["additionalProperties"] is False
    assert "default" not in schemas["PartnerChange"]["properties"]["name"]
    assert schemas["PartnerChange"].get("required", []) == []
    assert schemas["SiteIn"]["properties"]["name"]["maxLength"] == 200


CLEARED = {
    "/customers/{customer_id}": {"client_id": "K 1", "purchase_order": "PO 7"},
    "/customers/{customer_id}/sites/{site_id}": {"address": "1 quai"},
    "/customers/{customer_id}/users/{user_id}": {"last_name": "Petit", "extension": "101"},
    "/partners/{partner_id}": {
        "country": "FR",
        "region": "Bretagne",
        "vat_number": "FR12000000000",
        "address": "1 quai",
    },
    "/settings": {"address": "1 quai", "contact": "0102", "vat_number": "FR12000000000"},
    "/stacks/{stack_id}": {"username": "portal"},
}


def test_null_clears_optional_text(cast: Cast) -> None:
    scene = Scene(cast)
    for template, texts in CLEARED.items():
        address = scene.address(template)
        assert cast.provider.patch(address, texts).status == 200
        for name, text in texts.items():
            assert cast.provider.get(address)[name] == text
            assert cast.provider.patch(address, {name: None})[name] == "", name


def test_null_clears_the_email_of_a_user_without_a_stack(cast: Cast) -> None:
    site = cast.brumes.site()
    site.allocate(voice=1)
    user = site.add_user("Ana", email="ana@client.example")
    assert cast.provider.patch(f"{cast.brumes.path}/users/{user.id}", {"email": None})["email"] == ""


def test_null_is_refused_elsewhere(cast: Cast) -> None:
    scene, document = Scene(cast), json.loads(description())
    refused_fields = 0
    for endpoint in TABLE:
        method, template = endpoint.split(" ")
        if method != "PATCH":
            continue
        (described,) = (
            methods["patch"]
            for path, methods in document["paths"].items()
            if "patch" in methods and path.removeprefix("/api/v1") == template
        )
        reference = described["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        fields = document["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
        for name, schema in fields.items():
            if {"type": "null"} in schema.get("anyOf", []):
                continue
            refused = cast.provider.patch(scene.address(template), {name: None})
            assert (refused.status, refused.code) == (422, "invalid"), (template, name)
            assert [error["field"] for error in refused["errors"]] == [name]
            refused_fields += 1
    assert refused_fields > 30


def test_what_is_left_out_stays(stage: Stage) -> None:
    partner = stage.provider.made("/partners", {"name": "Opaline", "country": "FR", "region": "Bretagne"})
    assert stage.provider.patch(f"/partners/{partner.id}", {})["region"] == "Bretagne"
    assert stage.provider.patch(f"/partners/{partner.id}", {"name": "Opale"})["region"] == "Bretagne"
