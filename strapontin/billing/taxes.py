"""Value added and sales taxes by table (SPEC 7: a table, not code)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from django.utils.translation import gettext_noop

from strapontin.kit.money import to_cent
from strapontin.kit.places import countries, region_code
from strapontin.kit.vat_numbers import EUROPEAN_UNION, vat_number_form


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


# Countries that count as another one, whoever is the issuer (Directive 2006/112/EC, art. 7): Monaco as France, the Isle
# of Man as the United Kingdom. The latter left the Union; Northern Ireland is still in it for goods alone (Protocol on
# Ireland/Northern Ireland, art. 8), and seats are none.
_COUNTS_AS: Final = {"MC": "FR", "IM": "GB"}
# Parts of member states to which the directive does not apply, by country and region (kit/places.py). For an issuer of
# another member state they lie outside of the Union. Some have a country code of their own (ISO 3166-1), too.
_APART: Final = {
    # Art. 6(1): Mount Athos, the Canary Islands, France's regions of art. 349 TFEU, Åland, Campione d'Italia.
    ("GR", "69"): "GR-69",
    ("ES", "CN"): "ES-CN",
    ("FR", "971"): "GP",
    ("FR", "972"): "MQ",
    ("FR", "973"): "GF",
    ("FR", "974"): "RE",
    ("FR", "976"): "YT",
    ("FR", "MF"): "MF",
    ("FI", "01"): "AX",
    ("IT", "CAMPIONE"): "IT-CAMPIONE",
    # Art. 6(2): Helgoland, Büsingen, Ceuta, Melilla, Livigno.
    ("DE", "HELGOLAND"): "DE-HELGOLAND",
    ("DE", "BUSINGEN"): "DE-BUSINGEN",
    ("ES", "CE"): "ES-CE",
    ("ES", "ML"): "ES-ML",
    ("IT", "LIVIGNO"): "IT-LIVIGNO",
    # No part of the Union at all (art. 355(2) TFEU and annex II).
    **{("FR", code): code for code in ("BL", "NC", "PF", "PM", "TF", "WF")},
}
# Parts of the issuer's own state, apart by a code of their own.
_OWN_PARTS: Final = {"AX": "FI"}

# France: CGI art. 278 (20 %); in Guadeloupe, Martinique and La Réunion art. 296 (8.5 %); in Guyane and Mayotte the tax
# does not apply (art. 294, 1).
_FRANCE = (TaxRule("S", gettext_noop("VAT"), Decimal(20)),)
_ANTILLES = (TaxRule("S", gettext_noop("VAT"), Decimal("8.5")),)
_NOT_APPLIED = (TaxRule("E", gettext_noop("VAT not applicable, art. 294, 1 of the CGI"), Decimal(0)),)
# Québec: GST (Excise Tax Act, s. 165) and QST (Act respecting the Québec sales tax, s. 16), both on the net.
_QUEBEC = (
    TaxRule("S", gettext_noop("GST"), Decimal(5)),
    TaxRule("S", gettext_noop("QST"), Decimal("9.975")),
)
# By the issuer's country and the payer's place.
_TABLE: dict[tuple[str, str], tuple[TaxRule, ...]] = {
    ("FR", "FR"): _FRANCE,
    ("FR", "GP"): _ANTILLES,
    ("FR", "MQ"): _ANTILLES,
    ("FR", "RE"): _ANTILLES,
    ("FR", "GF"): _NOT_APPLIED,
    ("FR", "YT"): _NOT_APPLIED,
    ("CA", "CA-QC"): _QUEBEC,
}
# Article 196 of Directive 2006/112/EC: the business customer accounts for the tax.
_REVERSE_CHARGE = (TaxRule("AE", gettext_noop("Reverse charge"), Decimal(0)),)
# Article 44: services to businesses outside the Union are not supplied in it (France: CGI art. 259, 1°).
_EXPORT = (TaxRule("G", gettext_noop("Outside the European Union"), Decimal(0)),)


def taxation(payer: TaxPayer, *, issuer_country: str) -> Taxation:
    """Which taxes an issuer of ``issuer_country`` puts on an invoice to ``payer``.

    The faults are ``country_missing``; ``vat_number_invalid`` if the tax depends on a number that is not one of the
    payer's country; and ``tax_unknown`` if no row of the table fits: an invoice that lacks a tax would be wrong.
    """
    if not payer.country:
        return Taxation(fault="country_missing")
    issuer, place = _COUNTS_AS.get(issuer_country, issuer_country), _place(payer)
    if rules := _TABLE.get((issuer, place)):
        return Taxation(rules)
    if issuer not in EUROPEAN_UNION:
        return Taxation(fault="tax_unknown")
    if place in EUROPEAN_UNION - {issuer} and payer.vat_number:
        if vat_number_form(payer.country, payer.vat_number) is None:
            return Taxation(fault="vat_number_invalid")
        return Taxation(_REVERSE_CHARGE)
    if place not in EUROPEAN_UNION and payer.country in countries() and not _is_part(place, issuer):
        return Taxation(_EXPORT)
    return Taxation(fault="tax_unknown")


def _place(payer: TaxPayer) -> str:
    """The payer's country, or the part of it that has taxes of its own."""
    region = region_code(payer.country, payer.region) or ""
    if payer.country == "CA":
        return f"CA-{region}"
    return _APART.get((payer.country, region)) or _COUNTS_AS.get(payer.country, payer.country)


def _is_part(place: str, country: str) -> bool:
    return place.startswith(f"{country}-") or _OWN_PARTS.get(place) == country


def taxes_on(net: Decimal, rules: Sequence[TaxRule]) -> list[TaxAmount]:
    """Each tax on ``net``, rounded half up to the cent once per category."""
    return [TaxAmount(rule, net, to_cent(net * rule.rate_percent / 100)) for rule in rules]
