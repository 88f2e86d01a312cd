"""Sample contexts of the invoice pages."""

from datetime import date
from decimal import Decimal
from typing import Literal

from strapontin.web.frame.shapes import Link, Paging
from strapontin.web.invoices.shapes import InvoiceGroup, InvoicePage, InvoiceRow
from tests.pages.gallery import samples as sample
from tests.pages.gallery.samples import EXPORTS, Context, crumbs


def invoice_list() -> Context:
    """Invoices and a credit note."""
    made: list[tuple[str, date, Literal["invoice", "credit_note"], str]] = [
        ("F-2023-000187", date(2023, 7, 1), "invoice", "26459.03"),
        ("A-2023-000004", date(2023, 6, 20), "credit_note", "-120.00"),
        ("F-2023-000151", date(2023, 6, 1), "invoice", "26102.40"),
        ("F-2023-000117", date(2023, 5, 1), "invoice", "25980.00"),
    ]
    rows = [
        InvoiceRow(
            number=number,
            url="#",
            issued_on=on,
            date=on,
            payer="Opaline Réseaux",
            kind=kind,
            net=Decimal(net),
            total=Decimal(net) * Decimal("1.2"),
            currency="EUR",
        )
        for number, on, kind, net in made
    ]
    return {
        "scope": "Opaline Réseaux",
        "found": 5,
        "rows": rows,
        "several_payers": True,
        "paging": Paging(first=1, last=5, total=5),
        "list_url": "#",
        "search": "",
        "filters": [],
        "clear_url": "#",
        "run_url": "#",
        "next_on": date(2023, 8, 1),
    }


def invoice() -> Context:
    """The invoice of the design, a line credited."""
    line = sample.bill_line
    explained = line(0, 5, "8.55", "285.31", **sample.YEAR, start=date(2023, 6, 12), days=203)
    credit = line(0, -2, "9.50", "-5.70", start=date(2023, 6, 22), end=date(2023, 7, 1), days=9, period_days=30)
    groups = [
        InvoiceGroup(
            customer="Boulangeries Tournesol",
            client_id="C-20118",
            term_months=1,
            net=Decimal("1767"),
            lines=[line(0, 150, "9.50", "1425"), line(1, 20, "17.10", "342")],
            purchase_order="BC-77",
        ),
        InvoiceGroup(
            customer="Clinique des Trois Chênes",
            client_id="C-20417",
            term_months=12,
            net=Decimal("475.56"),
            lines=[
                explained,
                line(1, 2, "15.39", "190.25", **sample.YEAR, start=date(2023, 6, 27), days=188),
            ],
        ),
        InvoiceGroup(
            customer="Imprimerie Virgule",
            client_id="",
            term_months=1,
            net=Decimal("446.50"),
            lines=[line(0, 26, "9.50", "247"), credit, line(1, 12, "17.10", "205.20")],
        ),
    ]
    return {
        "invoice": InvoicePage(
            number="F-2023-000187",
            kind="invoice",
            issued_on=date(2023, 7, 3),
            date=date(2023, 7, 1),
            issuer="Fournisseur Téléphonie Démo",
            issuer_id="SIREN 000 000 000",
            payer="Opaline Réseaux",
            payer_id="FR 00 000000000",
            basis="allocated",
            basis_since=date(2022, 11, 1),
            net=Decimal("26459.03"),
            taxes=[sample.vat("5291.81", "26459.03")],
            total=Decimal("31750.84"),
            currency="EUR",
            groups=groups,
            customers=67,
            lines=171,
            exports=EXPORTS,
        ),
        "crumbs": [*crumbs("Factures"), Link("2023", "")],
        "search": "",
        "page_url": "#",
        "paging": Paging(first=1, last=3, total=67, page=1, pages=23, next_url="#"),
    }


def billing_run_sure() -> Context:
    """Asked before invoices are issued."""
    return {"on": date(2023, 8, 1), "crumbs": crumbs("Facturations"), "save_url": "#", "back_url": "#"}
