"""Which tax stands on an invoice, by the table; who is not in the table is parked, never billed untaxed (SPEC 7)."""

from __future__ import annotations

import pytest

from strapontin.billing.payers import Payer
from strapontin.billing.taxes import taxation
from strapontin.kit.ids import new_id
from strapontin.kit.vat_numbers import EUROPEAN_UNION


@pytest.mark.parametrize(
    ("issuer", "country", "region", "vat_number", "expected"),
    [
        ("FR", "FR", "", "", ["S 20"]),
        ("FR", "FR", "", "FR12000000000", ["S 20"]),
        # A number that decides nothing hinders nothing.
        ("FR", "FR", "", "FR00000000000", ["S 20"]),
        ("FR", "MC", "", "", ["S 20"]),
        ("CA", "CA", "QC", "", ["S 5", "S 9.975"]),
        ("CA", "CA", "ca-qc", "", ["S 5", "S 9.975"]),
        ("FR", "DE", "", "DE136695976", ["AE 0"]),
        ("FR", "DE", "", "de 136.695.976", ["AE 0"]),
        ("FR", "GR", "", "EL 094259216", ["AE 0"]),
        ("FR", "BE", "", "BE 0697.449.992", ["AE 0"]),
        ("BE", "FR", "", "FR12000000000", ["AE 0"]),
        # Words that begin like a number, numbers of another country, numbers without their country's letters.
        ("FR", "BE", "", "BE", "vat_number_invalid"),
        ("FR", "BE", "", "ATTENTE", "vat_number_invalid"),
        ("FR", "AT", "", "ATTENTE", "vat_number_invalid"),
        ("FR", "DE", "", "DE123456789", "vat_number_invalid"),
        ("FR", "DE", "", "NL004495445B01", "vat_number_invalid"),
        ("FR", "GR", "", "GR094259216", "vat_number_invalid"),
        ("FR", "CH", "", "", ["G 0"]),
        ("FR", "US", "NY", "", ["G 0"]),
        ("DE", "CA", "QC", "", ["G 0"]),
        ("FR", "", "", "", "country_missing"),
        # Business or consumer, and then of which country's tax: nothing here says.
        ("FR", "DE", "", "", "tax_unknown"),
        ("FR", "DE", "", "FR12000000000", "vat_number_invalid"),
        ("FR", "DE", "", "136695976", "vat_number_invalid"),
        # Northern Ireland is in the Union for goods alone, and seats are none.
        ("FR", "DE", "", "XI980780684", "vat_number_invalid"),
        ("FR", "GB", "", "XI980780684", ["G 0"]),
        ("DE", "DE", "", "DE136695976", "tax_unknown"),
        # No country of ISO 3166-1: a slip of the pen is not outside of the Union.
        ("FR", "ZZ", "", "", "tax_unknown"),
        ("FR", "EU", "", "", "tax_unknown"),
        ("FR", "XK", "", "", "tax_unknown"),
        # Monaco counts as France and the Isle of Man as the United Kingdom, whoever is the issuer (art. 7).
        ("DE", "MC", "", "FR12000000000", ["AE 0"]),
        ("DE", "MC", "", "", "tax_unknown"),
        ("MC", "FR", "", "", ["S 20"]),
        ("MC", "DE", "", "DE136695976", ["AE 0"]),
        ("FR", "IM", "", "", ["G 0"]),
        # Parts of member states outside of the Union's value added tax (art. 6), by region or by their own code.
        ("FR", "ES", "Canarias", "", ["G 0"]),
        ("FR", "ES", "ES-CN", "", ["G 0"]),
        ("FR", "ES", "Ceuta", "", ["G 0"]),
        ("FR", "ES", "ML", "", ["G 0"]),
        ("FR", "ES", "Madrid", "", "tax_unknown"),
        ("FR", "ES", "Madrid", "ESB58378431", ["AE 0"]),
        ("FR", "FI", "01", "", ["G 0"]),
        ("FR", "AX", "", "", ["G 0"]),
        ("FR", "DE", "Büsingen", "", ["G 0"]),
        ("FR", "DE", "helgoland", "", ["G 0"]),
        ("FR", "IT", "Livigno", "", ["G 0"]),
        ("FR", "IT", "Campione d'Italia", "", ["G 0"]),
        ("FR", "GR", "Mount Athos", "", ["G 0"]),
        ("BE", "FR", "974", "", ["G 0"]),
        ("BE", "RE", "", "", ["G 0"]),
        ("BE", "GF", "", "", ["G 0"]),
        ("BE", "MF", "", "", ["G 0"]),
        ("BE", "NC", "", "", ["G 0"]),
        # In their own state the tax is another, which the table does not know.
        ("ES", "ES", "CN", "", "tax_unknown"),
        ("FI", "AX", "", "", "tax_unknown"),
        ("IT", "IT", "Livigno", "", "tax_unknown"),
        # France overseas: a rate of its own, no tax at all, or no part of the tax's territory.
        ("FR", "RE", "", "", ["S 8.5"]),
        ("FR", "FR", "La Réunion", "", ["S 8.5"]),
        ("FR", "GP", "", "", ["S 8.5"]),
        ("FR", "MQ", "", "", ["S 8.5"]),
        ("FR", "GF", "", "", ["E 0"]),
        ("FR", "YT", "", "", ["E 0"]),
        ("FR", "FR", "976", "", ["E 0"]),
        ("FR", "MF", "", "", ["G 0"]),
        ("FR", "NC", "", "", ["G 0"]),
        ("BE", "BE", "", "", "tax_unknown"),
        ("CA", "CA", "", "", "tax_unknown"),
        ("CA", "CA", "ON", "", "tax_unknown"),
        ("CA", "FR", "", "FR12000000000", "tax_unknown"),
        ("US", "FR", "", "", "tax_unknown"),
        ("", "FR", "", "", "tax_unknown"),
        ("", "US", "", "", "tax_unknown"),
    ],
)
def test_the_tax_of_a_payer(issuer: str, country: str, region: str, vat_number: str, expected: list[str] | str) -> None:
    payer = Payer(new_id(), "Opaline", "", country, region, vat_number, "EUR")
    tax = taxation(payer, issuer_country=issuer)
    if isinstance(expected, str):
        assert (tax.rules, tax.fault) == ((), expected)
    else:
        assert ([f"{rule.category} {rule.rate_percent}" for rule in tax.rules], tax.fault) == (expected, None)


def test_the_member_states() -> None:
    members = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    assert sorted(EUROPEAN_UNION) == members.split()
