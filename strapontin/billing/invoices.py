"""Issuing: an invoice is inserted whole and never changes; its number is taken last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from strapontin.billing.payers import CurrentRun, Payer
from strapontin.billing.taxes import TaxRule, taxes_on
from strapontin.kit.database import run, value_of
from strapontin.organisation.settings import Settings

ISSUER = "provider"
# Locks the row of the numbers until the commit, so numbers have no gaps. It is done last, so other payers wait only
# for a moment.
_NUMBER = """
INSERT INTO invoice_number AS n (issuer, year, last) VALUES (%s, %s, 1)
    ON CONFLICT (issuer, year) DO UPDATE SET last = n.last + 1
RETURNING last
"""
_INSERT = """
INSERT INTO invoice (payer_id, id, number, kind, date, issued_on, run_id, currency, net, tax, total, issued_at,
                     issuer_name, issuer_address, issuer_siren, issuer_siret, issuer_vat_number, payer_name,
                     payer_address, payer_country, payer_vat_number, specimen)
VALUES (%(payer)s, %(id)s, %(number)s, 'invoice', %(date)s, %(issued_on)s, %(run)s, %(currency)s, %(net)s, %(tax)s,
        %(total)s, %(at)s, %(issuer_name)s, %(issuer_address)s, %(issuer_siren)s, %(issuer_siret)s, %(issuer_vat)s,
        %(name)s, %(address)s, %(country)s, %(vat)s, %(specimen)s)
"""
_TAXES = """
INSERT INTO invoice_tax (payer_id, invoice_id, position, category, label, rate_percent, base, amount)
SELECT %s, %s, * FROM unnest(%s::smallint[], %s::text[], %s::text[], %s::numeric[], %s::numeric[], %s::numeric[])
"""


def issue(
    current: CurrentRun,
    payer: Payer,
    *,
    invoice_id: UUID,
    net: Decimal,
    rules: Sequence[TaxRule],
    settings: Settings,
    at: datetime,
) -> str:
    """Issues the invoice whose lines stand under ``invoice_id``; answers its number, for example 2022-000017.

    ``at`` is the moment of issue. Its day in the provider's zone is the date of the invoice in law, and the year of
    this day is that of the number: numbers follow the dates without a gap (Directive 2006/112/EC, art. 226; CGI,
    ann. II, art. 242 nonies A).
    """
    issued_on = settings.day(at)
    taxes = taxes_on(net, rules)
    tax_sum = sum((tax.amount for tax in taxes), Decimal("0.00"))
    run(
        _TAXES,
        [
            payer.id,
            invoice_id,
            list(range(1, len(taxes) + 1)),
            [tax.rule.category for tax in taxes],
            [tax.rule.label for tax in taxes],
            [tax.rule.rate_percent for tax in taxes],
            [tax.base for tax in taxes],
            [tax.amount for tax in taxes],
        ],
    )
    last = value_of(int, _NUMBER, [ISSUER, issued_on.year])
    if last is None:
        raise RuntimeError("the register gave no number")
    number = f"{issued_on.year}-{last:06d}"
    run(
        _INSERT,
        {
            "payer": payer.id,
            "id": invoice_id,
            "number": number,
            "date": current.date,
            "issued_on": issued_on,
            "run": current.id,
            "currency": payer.currency,
            "net": net,
            "tax": tax_sum,
            "total": net + tax_sum,
            "at": at,
            "issuer_name": settings.name,
            "issuer_address": settings.issuer_address,
            "issuer_siren": settings.siren,
            "issuer_siret": settings.siret,
            "issuer_vat": settings.vat_number,
            "name": payer.name,
            "address": payer.address,
            "country": payer.country,
            "vat": payer.vat_number,
            "specimen": settings.issues_specimens,
        },
    )
    return number
