"""Countries, regions, VAT numbers, currencies and time zones are checked where they are typed."""

from __future__ import annotations

from typing import Any

import pytest
from babel.core import get_global

from strapontin.kit.currencies import CURRENCIES, OTHER_DECIMALS
from strapontin.kit.places import countries
from strapontin.kit.zones import time_zones
from tests.api.client import ApiClient
from tests.cast import Cast, Stage


def partner_refused(client: ApiClient, **facts: Any) -> str:
    """The field for which such a partner is refused."""
    refused = client.post("/partners", {"name": "Opaline", **facts})
    assert (refused.status, refused.code) == (422, "invalid"), facts
    (error,) = refused["errors"]
    assert error["reason"]
    return str(error["field"])


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("BE", "BE"),
        ("BE", "ATTENTE"),
        ("AT", "ATTENTE"),
        ("BE", "DE136695976"),
        ("DE", "136695976"),
        ("FR", "FR00000000000"),
        ("GR", "GR094259216"),
        ("DE", "XI980780684"),
        ("GB", "DE136695976"),
        ("CH", "CHE-107.787.578"),
        ("NO", "NO 995 525 829 MVA"),
        ("MC", "MC12000000000"),
        ("US", "a number as long as no number is"),
        ("US", "n°"),
        ("", "ATTENTE"),
    ],
)
def test_a_vat_number_has_the_form_of_its_country(stage: Stage, country: str, number: str) -> None:
    assert partner_refused(stage.provider, country=country, vat_number=number) == "vat_number"


@pytest.mark.parametrize(
    ("country", "number", "form"),
    [
        ("BE", "be 0697.449.992", "BE0697449992"),
        ("FR", "FR 12 000 000 000", "FR12000000000"),
        ("GR", "EL 094259216", "EL094259216"),
        ("GB", "GB 980 7806 84", "GB980780684"),
        ("GB", "XI980780684", "XI980780684"),
        ("IM", "GB 980 7806 84", "GB980780684"),
        ("MC", "FR12000000000", "FR12000000000"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("NO", "NO 995 525 828 MVA", "NO995525828MVA"),
        ("US", "12-3456789", "12-3456789"),
        ("", "DE136695976", "DE136695976"),
    ],
)
def test_a_vat_number_is_kept_in_one_form(stage: Stage, country: str, number: str, form: str) -> None:
    made = stage.provider.made("/partners", {"name": "Opaline", "country": country, "vat_number": number})
    assert made["vat_number"] == form


def test_the_number_and_the_country_of_a_change_fit(stage: Stage) -> None:
    partner = stage.provider.made("/partners", {"name": "Opaline", "country": "BE", "vat_number": "BE0697449992"})
    path = f"/partners/{partner.id}"
    assert stage.provider.patch(path, {"country": "DE"}).code == "invalid"
    assert stage.provider.patch(path, {"vat_number": "DE136695976"}).code == "invalid"
    changed = stage.provider.patch(path, {"country": "DE", "vat_number": "DE136695976"})
    assert (changed["country"], changed["vat_number"]) == ("DE", "DE136695976")
    same = stage.provider.patch(path, {"vat_number": "de 136 695 976"})
    assert same.etag == changed.etag


def test_the_providers_own_number_fits_too(stage: Stage) -> None:
    assert stage.provider.patch("/settings", {"vat_number": "FR"}).code == "invalid"
    assert stage.provider.patch("/settings", {"vat_number": "FR 12 000000000"})["vat_number"] == "FR12000000000"
    assert stage.provider.patch("/settings", {"country": "BE"}).code == "invalid"


@pytest.mark.parametrize("country", ["ZZ", "EU", "XK", "AC", "fr", "FRA", "F", "é", "XI"])
def test_a_country_is_one_of_iso_3166(stage: Stage, country: str) -> None:
    assert partner_refused(stage.provider, country=country) == "country"
    assert stage.provider.patch("/settings", {"country": country}).code == "invalid"


def test_codes_that_stand_for_a_country_become_its_own(stage: Stage) -> None:
    for written, code in (("EL", "GR"), ("UK", "GB"), ("GR", "GR"), ("RE", "RE"), ("", "")):
        assert stage.provider.made("/partners", {"name": "Opaline", "country": written})["country"] == code
    assert len(countries()) == 249


def test_regions_that_decide_a_tax_are_codes(stage: Stage) -> None:
    for country, written, code in (
        ("CA", "ca-qc", "QC"),
        ("CA", "Québec", "QC"),
        ("CA", "ON", "ON"),
        ("ES", "Islas Canarias", "CN"),
        ("FR", "FR-974", "974"),
        ("FR", "Bretagne", "Bretagne"),
        ("US", "NY", "NY"),
        ("CA", "", ""),
    ):
        made = stage.provider.made("/partners", {"name": "Opaline", "country": country, "region": written})
        assert made["region"] == code
    assert partner_refused(stage.provider, country="CA", region="PQ") == "region"
    in_canada = stage.provider.made("/partners", {"name": "Opaline", "country": "CA", "region": "QC"})
    assert stage.provider.patch(f"/partners/{in_canada.id}", {"region": "Metz"}).code == "invalid"


@pytest.mark.parametrize("currency", ["EUE", "eur", "XXX", "XTS", "XAU", "HRK", "BGN", "", "XOF", "JPY", "KWD", "TND"])
def test_a_currency_has_two_decimals(stage: Stage, currency: str) -> None:
    assert partner_refused(stage.provider, currency=currency) == "currency"
    body = {"name": "List", "currency": currency, "valid_from": "2023-01-01", "prices": {}}
    assert stage.provider.post("/price-lists", body)["errors"][0]["field"] == "currency"
    assert stage.provider.patch("/settings", {"currency": currency}).code == "invalid"


def test_the_currencies_are_those_in_use() -> None:
    # Babel's list (CLDR) has Bulgaria's lev until 2026, and not El Salvador's colón and the digital bolívar.
    used = {
        code
        for uses in get_global("territory_currencies").values()
        for code, _, end, tender in uses
        if tender and not end
    }
    assert used - {"BGN"} == (CURRENCIES | OTHER_DECIMALS) - {"SVC", "VED"}
    assert not CURRENCIES & OTHER_DECIMALS


@pytest.mark.parametrize(
    "zone", ["localtime", "Factory", "posixrules", "Asia/Calcutta", "posix/Europe/Paris", "CET", ""]
)
def test_a_zone_is_the_same_on_every_machine(stage: Stage, zone: str) -> None:
    refused = stage.provider.patch("/settings", {"time_zone": zone})
    assert (refused.code, refused["errors"][0]["field"]) == ("invalid", "time_zone")


def test_zones_come_from_the_package() -> None:
    import zoneinfo

    assert zoneinfo.TZPATH == ()
    assert {"Europe/Paris", "Indian/Reunion", "Europe/Oslo", "UTC"} <= time_zones()
    for name in time_zones():
        assert zoneinfo.ZoneInfo(name).key == name


def test_a_number_stored_earlier_parks_its_payer_and_hinders_nothing_else(cast: Cast) -> None:
    site = cast.brumes.site()
    site.allocate(voice=3)
    site.add_users(1)
    with cast.database.superuser() as connection:
        connection.execute("UPDATE partner SET country = 'BE', vat_number = 'ATTENTE' WHERE id = %s", [cast.opaline])
    assert site.allocate(voice=4).status == 201
    run = cast.bill("2022-06-01")
    parked = {
        customer["customer"]: customer["reason"] for customer in cast.provider.get(f"/billing-runs/{run.id}")["parked"]
    }
    assert parked[cast.brumes.id] == "vat_number_invalid"
    assert cast.provider.patch(f"/partners/{cast.opaline}", {"vat_number": "BE0697449992"}).status == 200
