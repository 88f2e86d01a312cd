"""Value added and sales taxes by table (SPEC 7: a table, not code)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop

from strapontin.kit.money import to_cent
from strapontin.refusals import Refusal

EUROPEAN_UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)


@dataclass(frozen=True, slots=True)
class TaxRule:
    """One tax: its category (UNTDID 5305), its name on invoices, and its rate in percent."""

    category: str
    label: str
    rate_percent: Decimal


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """A tax on a base: ``amount`` = round(base × rate)."""

    rule: TaxRule
    base: Decimal
    amount: Decimal


# Standard rates of the issuer's country. France: CGI art. 278 (20 %).
STANDARD_RATES: dict[str, tuple[TaxRule, ...]] = {
    "FR": (TaxRule("S", gettext_noop("VAT"), Decimal(20)),),
}
# Québec: GST (Excise Tax Act, s. 165) and QST (Act respecting the Québec sales tax, s. 16), both on the net.
QUEBEC = (
    TaxRule("S", gettext_noop("GST"), Decimal(5)),
    TaxRule("S", gettext_noop("QST"), Decimal("9.975")),
)
# Article 196 of Directive 2006/112/EC: the business customer accounts for the tax.
REVERSE_CHARGE = (TaxRule("AE", gettext_noop("Reverse charge"), Decimal(0)),)
# Services to businesses outside the Union lie outside French VAT (CGI art. 259, 1°).
EXPORT = (TaxRule("G", gettext_noop("Outside the European Union"), Decimal(0)),)


def rules_for(*, issuer_country: str, country: str, region: str, vat_number: str) -> Sequence[TaxRule]:
    """Which taxes an issuer of ``issuer_country`` puts on an invoice to a payer.

    Raises ``invalid`` with the field where the payer's facts do not suffice.
    """
    if not country:
        raise Refusal("invalid", explanation="country", field="country")
    if issuer_country == "CA" and country == "CA" and region.upper() in ("QC", "CA-QC"):
        return QUEBEC
    if country == issuer_country:
        return STANDARD_RATES.get(issuer_country, EXPORT)
    if country in EUROPEAN_UNION and issuer_country in EUROPEAN_UNION:
        return REVERSE_CHARGE if vat_number else STANDARD_RATES.get(issuer_country, EXPORT)
    return EXPORT


def taxes_on(net: Decimal, rules: Sequence[TaxRule]) -> list[TaxAmount]:
    """Each tax on ``net``, rounded half up to the cent once per category."""
    return [TaxAmount(rule, net, to_cent(net * rule.rate_percent / 100)) for rule in rules]
