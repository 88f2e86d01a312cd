"""No invoice is issued while the issuer's name, address or numbers are missing; a sandbox issues specimens (SPEC 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.billing.invoice_queries import InvoiceFacts, invoice, invoices
from strapontin.billing.runs import execute_run
from strapontin.cli.doctor import _issuer
from strapontin.demo.furnishing import Furnisher
from strapontin.jobs.daily import begin_day
from strapontin.kit.database import value_of
from strapontin.organisation.settings import ISSUER_FIELDS, load
from strapontin.refusals import Refusal
from tests.cast import Cast
from tests.oracle.stage import moment
from tests.reading import issued_invoices
from tests.replay import Replay, lived
from tests.servers import Database
from tests.story import Story

FEBRUARY = date(2023, 2, 1)
AT = moment("2023-02-01 00:30")
IDENTITY = {
    "name": "Carillon",
    "street": "1 allée du Grand-Standard",
    "postcode": "69000",
    "city": "Lyon",
    "country": "FR",
    "siren": "000000000",
    "vat_number": "FR12000000000",
}


@pytest.fixture
def production() -> Iterator[None]:
    """An installation that is no sandbox."""
    with override_settings(SANDBOX=False):
        yield


def ten_seats(database: Database) -> Replay:
    """A customer with ten seats, to be invoiced in February."""
    return lived(database, Story().customer("2023-01-01", seats=10).history)


def identify(replay: Replay, **facts: object) -> None:
    """Gives the issuer these facts; the settings are read again."""
    Furnisher(at=AT).change_settings(**facts)
    with acting(system("job")):
        replay.settings = load()


def missing_at(replay: Replay) -> list[str]:
    """Asks for the run of February, which is refused; the fields that are named."""
    with pytest.raises(Refusal, match="issuer_incomplete") as refusal:
        replay.request_run(FEBRUARY, AT)
    fields: list[str] = refusal.value.facts["fields"]
    return fields


def issued() -> list[InvoiceFacts]:
    """The invoices as a door shows them."""
    actor = system("api")
    with acting(actor):
        grant = grants.invoice_reader(actor)
        return [invoice(grant, invoice_id=one.id).facts for one in invoices(grant)]


def state_of(run_id: UUID) -> str | None:
    """The state of a run."""
    with acting(system("api"), "billing"):
        return value_of(str, "SELECT state FROM billing_run WHERE id = %s", [run_id])


@pytest.mark.usefixtures("production")
def test_nothing_is_issued_until_the_issuer_is_complete(database: Database) -> None:
    replay = ten_seats(database)
    assert missing_at(replay) == ["name", "street", "postcode", "city", "siren", "vat_number"]
    # A preview works.
    assert list(replay.preview_run(FEBRUARY, AT)[0]) == ["p"]
    identify(replay, **IDENTITY)
    replay.billing_run(FEBRUARY, AT)
    (facts,) = issued()
    assert (facts.issuer_name, facts.issuer_siren, facts.issuer_vat_number) == (
        "Carillon",
        "000000000",
        "FR12000000000",
    )
    assert not facts.specimen
    with acting(system("api")):
        assert value_of(str, "SELECT issuer_address FROM invoice") == "1 allée du Grand-Standard\n69000 Lyon"


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("field", ISSUER_FIELDS)
def test_each_field_is_needed(database: Database, field: str) -> None:
    replay = ten_seats(database)
    identify(replay, **IDENTITY)
    emptied: dict[str, Any] = {field: ""}
    replay.settings = replace(replay.settings, **emptied)
    assert missing_at(replay) == [field]


@pytest.mark.usefixtures("production")
def test_only_french_issuers_have_a_siren(database: Database) -> None:
    replay = ten_seats(database)
    identify(replay, **IDENTITY)
    replay.settings = replace(replay.settings, country="BE", vat_number="BE0403019261", siren="")
    assert replay.settings.issuer_missing == []


@pytest.mark.usefixtures("production")
def test_a_run_that_waits_since_before_goes_on_once_the_issuer_is_complete(database: Database) -> None:
    """Asked for by an earlier version, or before a number was taken away."""
    replay = ten_seats(database)
    identify(replay, **IDENTITY)
    run_id = replay.request_run(FEBRUARY, AT)
    identify(replay, vat_number="")
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert (issued_invoices(), state_of(run_id)) == ([], "queued")
    assert missing_at(replay) == ["vat_number"], "also for a run that is there"
    identify(replay, vat_number="FR12000000000")
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert (len(issued_invoices()), state_of(run_id)) == (1, "done")


@pytest.mark.usefixtures("production")
def test_automatic_billing_makes_up_for_it(database: Database) -> None:
    """The day's other work is done meanwhile, and the doctor says what is missing."""
    replay = ten_seats(database)
    identify(replay, automatic_billing=True)
    assert begin_day(settings=replay.settings, at=AT) == []
    with acting(system("job"), "billing"):
        assert value_of(int, "SELECT count(*) FROM period WHERE starts_on = %s", [FEBRUARY]) == 1
    assert (_issuer().fine, "siren" in _issuer().text) == (False, True)
    identify(replay, **IDENTITY)
    (run_id,) = begin_day(settings=replay.settings, at=AT)
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert len(issued_invoices()) == 1
    assert _issuer().fine


def test_a_sandbox_issues_specimens(database: Database) -> None:
    replay = ten_seats(database)
    replay.billing_run(FEBRUARY, AT)
    assert [facts.specimen for facts in issued()] == [True]
    assert _issuer().fine


# -- by REST -------------------------------------------------------------------------------------------


def test_rest_names_the_fields_in_both_languages(cast: Cast) -> None:
    body = {"date": "2022-07-01", "preview": False}
    with override_settings(SANDBOX=False):
        refused = cast.provider.post("/billing-runs", body)
        assert (refused.status, refused.code, refused["fields"]) == (
            409,
            "issuer_incomplete",
            ["name", "street", "postcode", "city", "siren", "vat_number"],
        )
        assert "street, postcode, city, SIREN, VAT number" in refused["detail"]
        french = cast.provider.send("POST", "/billing-runs", body, headers={"Accept-Language": "fr"})
        assert "rue, code postal, ville, SIREN, numéro de TVA" in french["detail"]
        assert cast.provider.get("/settings")["issuer_missing"] == refused["fields"]
        assert cast.provider.patch("/settings", IDENTITY)["issuer_missing"] == []
        assert cast.provider.post("/billing-runs", body).status == 202


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"siren": "732829321"}, "siren"),
        ({"siren": "1234"}, "siren"),
        ({"siret": "73282932000075"}, "siret"),
        ({"siren": "732829320", "siret": "00000000000000"}, "siret"),
    ],
)
def test_a_number_that_cannot_be_is_refused(cast: Cast, numbers: dict[str, str], field: str) -> None:
    refused = cast.provider.patch("/settings", numbers)
    assert (refused.status, refused.code, refused["errors"][0]["field"]) == (422, "invalid", field)


def test_numbers_are_kept_in_one_form(cast: Cast) -> None:
    changed = cast.provider.patch("/settings", {"siren": "732 829 320", "siret": "732 829 320 00074"})
    assert (changed.status, changed["siren"], changed["siret"]) == (200, "732829320", "73282932000074")
    other = cast.provider.patch("/settings", {"siren": "000000000"})
    assert (other.status, other["errors"][0]["field"]) == (422, "siret")


def test_rest_marks_a_specimen(cast: Cast) -> None:
    cast.clock("2022-12-01")
    cast.brumes.allocate(cast.brumes.site(), voice=3)
    cast.bill("2022-12-01")
    assert cast.invoice("2022-12-01", cast.opaline)["specimen"] is True
