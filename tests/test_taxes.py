"""Which tax stands on an invoice, by the table; who is not in the table is parked, never billed untaxed (SPEC 7)."""

from __future__ import annotations

import pytest

from strapontin.billing.payers import Payer
from strapontin.billing.taxes import EUROPEAN_UNION, taxation
from strapontin.kit.ids import new_id


@pytest.mark.parametrize(
    ("issuer", "country", "region", "vat_number", "expected"),
    [
        ("FR", "FR", "", "", ["S 20"]),
        ("FR", "FR", "", "FR00000000000", ["S 20"]),
        ("FR", "MC", "", "", ["S 20"]),
        ("CA", "CA", "QC", "", ["S 5", "S 9.975"]),
        ("CA", "CA", "ca-qc", "", ["S 5", "S 9.975"]),
        ("FR", "DE", "", "DE123456789", ["AE 0"]),
        ("FR", "GR", "", "EL 123456789", ["AE 0"]),
        ("FR", "DE", "", "nl 0000.0000.0B00", ["AE 0"]),
        ("FR", "DE", "", "D-E 123.456.789", ["AE 0"]),
        ("BE", "FR", "", "FR00000000000", ["AE 0"]),
        ("FR", "CH", "", "", ["G 0"]),
        ("FR", "US", "NY", "", ["G 0"]),
        ("DE", "CA", "QC", "", ["G 0"]),
        ("FR", "", "", "", "country_missing"),
        # Business or consumer, and then of which country's tax: nothing here says.
        ("FR", "DE", "", "", "tax_unknown"),
        ("FR", "DE", "", "FR00000000000", "tax_unknown"),
        ("FR", "DE", "", "123456789", "tax_unknown"),
        # Northern Ireland is in the Union for goods alone, and seats are none.
        ("FR", "DE", "", "XI123456789", "tax_unknown"),
        # Departments with rates of their own.
        ("FR", "RE", "", "", "tax_unknown"),
        ("DE", "DE", "", "DE123456789", "tax_unknown"),
        ("BE", "BE", "", "", "tax_unknown"),
        ("CA", "CA", "", "", "tax_unknown"),
        ("CA", "CA", "ON", "", "tax_unknown"),
        ("CA", "FR", "", "FR00000000000", "tax_unknown"),
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
