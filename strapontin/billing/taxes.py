"""Value added and sales taxes by table (SPEC 7: a table, not code)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext_noop
from stdnum.eu import vat
from stdnum.util import clean

from strapontin.kit.money import to_cent

# XI, Northern Ireland, gives numbers as members do, but is in the Union for goods alone (Withdrawal Agreement,
# Protocol on Ireland/Northern Ireland, art. 8).
EUROPEAN_UNION = frozenset(code.upper() for code in vat.MEMBER_STATES - {"xi"})


class TaxPayer(Protocol):
    """What decides the taxes on a payer's invoices: its country (ISO 3166-1), its region, its VAT number."""

    @property
    def country(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def vat_number(self) -> str: ...


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


@dataclass(frozen=True, slots=True)
class Taxation:
    """The taxes on a payer's invoices; if none is known, the ``fault`` for which its customers are parked."""

    rules: tuple[TaxRule, ...] = ()
    fault: str | None = None


# France: CGI art. 278 (20 %).
_FRANCE = (TaxRule("S", gettext_noop("VAT"), Decimal(20)),)
# Québec: GST (Excise Tax Act, s. 165) and QST (Act respecting the Québec sales tax, s. 16), both on the net.
_QUEBEC = (
    TaxRule("S", gettext_noop("GST"), Decimal(5)),
    TaxRule("S", gettext_noop("QST"), Decimal("9.975")),
)
# By the issuer's country, and the payer's country or, within Canada, province.
_TABLE: dict[tuple[str, str], tuple[TaxRule, ...]] = {
    ("FR", "FR"): _FRANCE,
    # Monaco counts as France (Directive 2006/112/EC, art. 7).
    ("FR", "MC"): _FRANCE,
    ("CA", "CA-QC"): _QUEBEC,
}
# Departments outside the Union's VAT, where French VAT has rates of its own or none (CGI art. 294 and 296).
_OVERSEAS = frozenset(("GF", "GP", "MF", "MQ", "RE", "YT"))
# Article 196 of Directive 2006/112/EC: the business customer accounts for the tax.
_REVERSE_CHARGE = (TaxRule("AE", gettext_noop("Reverse charge"), Decimal(0)),)
# Article 44: services to businesses outside the Union are not supplied in it (France: CGI art. 259, 1°).
_EXPORT = (TaxRule("G", gettext_noop("Outside the European Union"), Decimal(0)),)


def taxation(payer: TaxPayer, *, issuer_country: str) -> Taxation:
    """Which taxes an issuer of ``issuer_country`` puts on an invoice to ``payer``.

    The faults are ``country_missing``, and ``tax_unknown`` if no row of the table fits: an invoice that lacks a tax
    would be wrong.
    """
    country = payer.country
    if not country:
        return Taxation(fault="country_missing")
    if rules := _TABLE.get((issuer_country, _place(country, payer.region))):
        return Taxation(rules)
    if issuer_country in EUROPEAN_UNION:
        other_members = EUROPEAN_UNION - {issuer_country}
        if country in other_members and _country_of(payer.vat_number) in other_members:
            return Taxation(_REVERSE_CHARGE)
        if country not in EUROPEAN_UNION and not (issuer_country == "FR" and country in _OVERSEAS):
            return Taxation(_EXPORT)
    return Taxation(fault="tax_unknown")


def _place(country: str, region: str) -> str:
    return f"CA-{region.upper().removeprefix('CA-')}" if country == "CA" else country


def _country_of(vat_number: str) -> str:
    """The country that gave a number; Greece's begin with EL."""
    prefix = clean(vat_number, " .-").upper()[:2]
    return "GR" if prefix == "EL" else prefix


def taxes_on(net: Decimal, rules: Sequence[TaxRule]) -> list[TaxAmount]:
    """Each tax on ``net``, rounded half up to the cent once per category."""
    return [TaxAmount(rule, net, to_cent(net * rule.rate_percent / 100)) for rule in rules]
