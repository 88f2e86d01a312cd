"""What a refusal says to a person: a sentence in the caller's language, with its figures and dates in words."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from tests.api.client import ApiClient
from tests.cast import Cast

SPACE = "\u00a0"


def in_french(caller: ApiClient) -> ApiClient:
    """The same key, speaking French."""
    return ApiClient(caller.key, language="fr")


@pytest.mark.parametrize(
    ("users", "english", "french"),
    [
        (
            1,
            "1 seat is used on this site: 1 user is in the way of lowering to 0.",
            f"1 siège est consommé sur ce site{SPACE}: 1 utilisateur est en trop pour descendre à 0.",
        ),
        (
            2,
            "2 seats are used on this site: 2 users are in the way of lowering to 0.",
            f"2 sièges sont consommés sur ce site{SPACE}: 2 utilisateurs sont en trop pour descendre à 0.",
        ),
    ],
)
def test_figures_count(cast: Cast, users: int, english: str, french: str) -> None:
    site = cast.brumes.site()
    site.allocate(voice=3)
    site.add_users(users)
    assert site.allocate(voice=0)["detail"] == english
    cast.brumes.by = in_french(cast.provider)
    assert site.allocate(voice=0)["detail"] == french


def test_at_least_one_entry(cast: Cast) -> None:
    refused = cast.provider.post(f"{cast.brumes.path}/allocation-changes", {"changes": []})
    assert refused["errors"][0]["reason"] == "At least 1 entry is expected."


@pytest.mark.parametrize(
    ("day", "english", "french"),
    [("2022-08-23", "23 August 2022", "23 août 2022"), ("2022-08-01", "1 August 2022", "1er août 2022")],
)
def test_dates_are_written_out(cast: Cast, day: str, english: str, french: str) -> None:
    cast.provider.patch("/settings", {"seats_enforced_from": day})
    cast.clock("2022-09-15")
    body = {"partner": cast.opaline, "name": "Neuf", "term_months": 1, "unlimited": True}
    refused = cast.provider.post("/customers", body)
    assert (refused.code, refused["date"]) == ("unlimited_retired", day)
    assert f"on {english}: " in refused["detail"]
    assert f"le {french}{SPACE}: " in in_french(cast.provider).post("/customers", body)["detail"]


def test_a_wrong_field_gets_a_sentence(cast: Cast) -> None:
    """Not its own value again: a reason, in the language of whoever asks."""
    cast.clock("2022-09-15")
    site = cast.brumes.site()
    site.allocate(voice=1)
    users, changes = f"{cast.brumes.path}/users", f"{cast.brumes.path}/allocation-changes"
    ana = {"first_name": "Ana", "site": site.id, "type": "voice"}
    change = {"site": site.id, "type": "voice", "quantity": 1}
    prices: dict[str, Any] = {"name": "P", "currency": "EUR", "valid_from": "2022-01-01", "prices": {"voice": "1.00"}}
    prices |= {"term_discounts": {}, "level_discounts": {}}
    customer = {"partner": cast.opaline, "name": "Neuf", "term_months": 1}
    sites = f"{cast.brumes.path}/sites"
    wrong: list[tuple[str, str, Any, str]] = [
        ("POST", users, ana | {"extension": "12 34"}, "extension"),
        ("POST", users, ana | {"type": "fax"}, "type"),
        ("POST", users, ana | {"tenant": str(uuid4())}, "tenant"),
        ("POST", changes, {"changes": [change | {"type": "fax"}]}, "type"),
        ("POST", changes, {"changes": [change, change]}, "changes"),
        ("POST", changes, {"changes": [change], "effective_on": "2030-01-01"}, "effective_on"),
        ("POST", changes, {"changes": [change | {"quantity": 0}], "effective_on": "2022-08-30"}, "quantity"),
        ("POST", "/customers", customer | {"starts_on": "2030-01-01"}, "starts_on"),
        ("POST", "/price-lists", prices | {"prices": {"fax": "1.00"}}, "prices"),
        ("POST", f"{sites}/{site.id}/stack-tenants", {"stack": str(uuid4()), "tenant_uuid": str(uuid4())}, "stack"),
        ("POST", sites, {"name": "Lyon"}, "name"),
        ("GET", f"{users}?cursor=x", None, "cursor"),
    ]
    for method, path, body, field in wrong:
        said = []
        for caller in (cast.provider, in_french(cast.provider)):
            refused = caller.send(method, path, body)
            (error,) = refused["errors"]
            assert error["field"] == field, (path, body)
            assert error["reason"] not in f"{path} {body} {field}", (path, body, error)
            assert error["reason"].count(" ") > 2, (path, body, error)
            said.append(error["reason"])
        assert said[0] != said[1], (path, body, said)


def test_a_wrong_header_gets_a_sentence(cast: Cast) -> None:
    path = cast.brumes.path
    for refused in (
        cast.provider.post(f"{path}/sites", {"name": "Brest"}, key="with space"),
        cast.provider.patch(path, {"name": "Neuf"}, if_match='"1", "2"'),
    ):
        assert refused["errors"][0]["reason"].endswith(".")


def test_every_sentence_can_be_said() -> None:
    """With the facts of its code, in both languages, for one and for many."""
    from django.utils import translation

    from strapontin.refusals import REFUSALS, Refusal

    facts: dict[str, Any] = {"role": "users", "explanation": "x", "quantity": 1, "date": date(2022, 8, 1)}
    facts |= {"currency": "EUR", "allow": "GET", "field_names": "x", "lowers_on": date(2022, 8, 1)}
    facts |= {"last_day": date(2022, 8, 1), "rows": 2, "most": 1, "days": 7, "count": 2}
    for code in REFUSALS:
        said = set()
        for language in ("en", "fr"):
            for count in (1, 2):
                with translation.override(language):
                    said.add(
                        Refusal(
                            code, **facts, used=count, in_the_way=count, missing=count, seconds=count, customers=count
                        ).sentence
                    )
        assert len(said) >= 2, code
        assert not [sentence for sentence in said if "{" in sentence or "2022-08" in sentence], code
