"""Whatever is sent, the answer is a problem that says what is wrong, and never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import Cast, Stage
from tests.scenarios.access_table import TABLE, Scene

ABSURD: tuple[Any, ...] = (
    None,
    True,
    1.5,
    -1,
    10**30,
    "",
    "\x00",
    "x" * 100_000,
    "\u202etxt",
    "0001-01-01",
    "9999-12-31",
    "-1.00",
    [],
    {},
    [None],
    {"": None},
)
QUERIES = (
    "limit=0",
    "limit=501",
    "limit=1e3",
    "limit=99999999999999999999",
    "cursor=",
    "cursor=%00",
    "cursor=!!!",
    "cursor=WyJ4Il0",
    "cursor=WzFd",
    "cursor=WyJcdTAwMDAiLCJcdTAwMDAiXQ",
    "cursor=" + "A" * 3000,
    "search=%00",
    "search=" + "x" * 300,
    "as_of=2022-13-01",
    "as_of=99999-01-01",
    "as_of=0001-01-01",
    "known_at=2022-01-01",
    "known_at=9999-12-31T23:59:59-23:59",
    "partner=x",
    "customer=x",
    "status=asleep",
    "date=1",
    "kind=x",
    "payer=%00",
    "site=x",
    "recurse=maybe",
)


def spoiled(body: Any) -> Iterator[Any]:
    """The body with each of its parts replaced by something absurd, or left out."""
    yield from ABSURD
    if isinstance(body, dict):
        for name, part in body.items():
            yield {key: value for key, value in body.items() if key != name}
            for replacement in spoiled(part) if isinstance(part, dict | list) else ABSURD:
                yield body | {name: replacement}
    elif isinstance(body, list) and body:
        for replacement in spoiled(body[0]):
            yield [replacement, *body[1:]]
            yield [body[0], replacement]


def test_absurd_bodies(cast: Cast) -> None:
    scene = Scene(cast)
    wrong, refused = {}, 0
    for endpoint, row in TABLE.items():
        method, template = endpoint.split(" ")
        if row.body is None or template == "/clock":
            continue
        for body in spoiled(row.body(scene)):
            answer = cast.provider.send(method, scene.address(template), body)
            refused += answer.status >= 400
            if answer.status >= 500 or (answer.code == "invalid" and not answer["detail"]):
                wrong[f"{endpoint} {str(body)[:200]}"] = answer.body
    assert wrong == {}
    assert refused > 500


def test_absurd_queries(cast: Cast) -> None:
    scene = Scene(cast)
    wrong = {}
    for endpoint in TABLE:
        method, template = endpoint.split(" ")
        if method == "GET":
            for query in QUERIES:
                answer = cast.provider.get(f"{scene.address(template)}?{query}")
                if answer.status not in (200, 422):
                    wrong[f"{template}?{query[:60]}"] = answer.body
    assert wrong == {}


@pytest.mark.parametrize("quantity", [True, False, 1.0, "5", None, -1, 1_000_001, 10**30])
def test_quantities_are_whole_numbers(cast: Cast, quantity: Any) -> None:
    site = cast.brumes.site()
    body = {"changes": [{"site": site.id, "type": "voice", "quantity": quantity}]}
    refused = cast.provider.post(f"{cast.brumes.path}/allocation-changes", body)
    assert (refused.status, refused.code) == (422, "invalid")
    assert [error["field"] for error in refused["errors"]] == ["changes.0.quantity"]


def test_errors_name_every_field(stage: Stage) -> None:
    refused = stage.provider.post("/partners", {"name": " ", "level": "tin", "country": "France", "payer": 1})
    assert {error["field"] for error in refused["errors"]} == {"name", "level", "country", "payer"}
    assert all(error["reason"] for error in refused["errors"])


def test_text_is_trimmed(stage: Stage) -> None:
    made = stage.provider.made("/partners", {"name": "  Opaline ", "address": "1 quai\r\nBrest\n"})
    assert (made["name"], made["address"]) == ("Opaline", "1 quai\nBrest")


def test_texts_are_as_long_as_on_the_screens(cast: Cast) -> None:
    from strapontin.web.customers.forms import CustomerForm, SiteForm

    for form, address, known in (
        (CustomerForm(), "/customers", {"partner": cast.opaline, "name": "Neuf", "term_months": 1}),
        (SiteForm(), f"{cast.brumes.path}/sites", {"name": "Brest"}),
    ):
        texts = {name: found.max_length for name, found in form.fields.items() if hasattr(found, "max_length")}
        assert texts
        for name, limit in texts.items():
            assert cast.provider.post(address, known | {name: "x" * limit}).status == 201, name
            refused = cast.provider.post(address, known | {name: "x" * (limit + 1)})
            assert [error["field"] for error in refused["errors"]] == [name]
            known = known if name == "name" else known | {"name": f"Not {name}"}


def test_unknown_sites_and_types(cast: Cast) -> None:
    site, elsewhere = cast.brumes.site(), cast.zenith.site()
    assert cast.brumes.allocate(elsewhere, voice=1).code == "not_found"
    assert elsewhere.add_user("Ana").status == 201
    users = f"{cast.brumes.path}/users"
    assert cast.provider.post(users, {"first_name": "A", "site": elsewhere.id, "type": "voice"}).code == "not_found"
    refused = cast.brumes.allocate(site, fax=1)
    assert (refused.code, refused["errors"][0]["field"]) == ("invalid", "type")
    body = {"changes": [{"site": site.id, "type": "voice", "quantity": 1}] * 2}
    assert cast.provider.post(f"{cast.brumes.path}/allocation-changes", body).code == "invalid"
