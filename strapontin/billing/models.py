"""Runs, charges and invoices (SPEC 7)."""

from __future__ import annotations

from django.db import models

from strapontin.catalogue.models import subscription_type_field
from strapontin.kit.models import Id


def amount_field() -> models.DecimalField:  # type: ignore[type-arg]
    """An exact amount of money with two decimals; negative for credits."""
    return models.DecimalField(max_digits=20, decimal_places=2)


class BillingRun(models.Model):
    """The billing of one date; ``cut`` is the moment up to which it knows what happened."""

    id = Id(primary_key=True)
    # D: the date of its invoices, and of the periods that it bills (those started by then).
    date = models.DateField()
    # True: computes and issues nothing.
    preview = models.BooleanField(default=False)
    # "queued", "running", "done"; "failed": stopped by a fault, to be tried again.
    state = models.TextField(default="queued")
    # Set once, when the run first starts: that moment, or the end of D if it has passed. Null: not started.
    cut = models.DateTimeField(null=True)
    # Progress, for people to watch. Customers not for resale do not count.
    customers_total = models.IntegerField(default=0)
    customers_done = models.IntegerField(default=0)
    # How many it has issued so far.
    invoices = models.IntegerField(default=0)
    # Name of the fault that stopped it; empty: none.
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    # When it last ended; null: it has not ended yet. Only an ended run takes up its parked customers.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "billing_run"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed"]),
                name="billing_run_state",
            ),
            models.UniqueConstraint(fields=["date"], condition=models.Q(preview=False), name="billing_run_once"),
        )


class RunPayer(models.Model):
    """A payer that a run has finished with: an interrupted run leaves it out. A preview keeps its figures here."""

    pk = models.CompositePrimaryKey("run_id", "payer_id")
    run = models.ForeignKey(BillingRun, db_index=False, on_delete=models.CASCADE, related_name="payers")
    payer = models.ForeignKey("organisation.Partner", on_delete=models.RESTRICT)
    done_at = models.DateTimeField()
    # What the preview would bill this payer: net, taxes, currency, lines. Null for a run that issues.
    preview = models.JSONField(null=True)

    class Meta:
        db_table = "run_payer"


class Charge(models.Model):
    """What a run charges a customer for a type over [starts_on, ends_on): B − C (SPEC 7).

    ``quantity`` and ``amount`` are negative for a credit. A charge is inserted together with its
    invoice in one transaction: every charge that can be read is issued.
    """

    pk = models.CompositePrimaryKey("customer_id", "run_id", "period_starts_on", "type_id", "starts_on")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    run = models.ForeignKey(BillingRun, on_delete=models.RESTRICT)
    # Copy of the run's date: charges dated before the change are F (SPEC 7, Basis).
    run_date = models.DateField()
    # Copy of the run's cut.
    cut = models.DateTimeField()
    # What B was counted on: "used" if run_date is before allocation_billing_from, else "allocated".
    basis = models.TextField()
    # Copy of the period's.
    payer = models.ForeignKey("organisation.Partner", on_delete=models.RESTRICT)
    # The period that the days belong to.
    period_starts_on = models.DateField()
    type = subscription_type_field()
    # First day charged.
    starts_on = models.DateField()
    # First day no longer charged.
    ends_on = models.DateField()
    # B - C on each of these days; never 0.
    quantity = models.IntegerField()
    # Copy of the period's price: one seat, one month.
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    # Copy of the period's.
    months = models.PositiveSmallIntegerField()
    # ends_on - starts_on.
    days = models.PositiveSmallIntegerField()
    # Copy of the period's full_days.
    period_days = models.PositiveSmallIntegerField()
    # quantity × unit_price × months × days ÷ period_days, rounded half away from zero once. Net of tax.
    amount = amount_field()

    class Meta:
        db_table = "charge"
        constraints = (
            models.CheckConstraint(condition=models.Q(basis__in=["used", "allocated"]), name="charge_basis"),
            models.CheckConstraint(condition=~models.Q(quantity=0), name="charge_changes"),
            models.CheckConstraint(condition=models.Q(starts_on__lt=models.F("ends_on")), name="charge_not_empty"),
        )


class PeriodRating(models.Model):
    """When and on which basis a period was first rated (SPEC 7, Basis); one row, never changed."""

    pk = models.CompositePrimaryKey("customer_id", "period_starts_on")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    period_starts_on = models.DateField()
    # The run that first rated it, even if there was nothing to bill.
    run = models.ForeignKey(BillingRun, on_delete=models.RESTRICT)
    # "used" if that run's date is before allocation_billing_from, else "allocated".
    basis = models.TextField()

    class Meta:
        db_table = "period_rating"
        constraints = (
            models.CheckConstraint(condition=models.Q(basis__in=["used", "allocated"]), name="period_rating_basis"),
        )


class ParkedCustomer(models.Model):
    """A customer that a run could not bill, and why; ``payer_id`` is the nil uuid if it has no payer."""

    pk = models.CompositePrimaryKey("customer_id", "run_id", "payer_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    run = models.ForeignKey(BillingRun, on_delete=models.CASCADE)
    # No foreign key, because of the nil uuid.
    payer_id = models.UUIDField()
    # "price_missing", "payer_missing", "country_missing", "vat_number_invalid", "tax_unknown",
    # or "not_computed".
    reason = models.TextField()

    class Meta:
        db_table = "parked_customer"


class InvoiceNumber(models.Model):
    """The last number given by an issuer in a year: gap-free, taken last in a transaction."""

    pk = models.CompositePrimaryKey("issuer", "year")
    # "provider".
    issuer = models.TextField()
    year = models.PositiveSmallIntegerField()
    # The number given last; 0: none yet.
    last = models.IntegerField(default=0)

    class Meta:
        db_table = "invoice_number"


class Invoice(models.Model):
    """An issued invoice or credit note; inserted whole, never changed."""

    pk = models.CompositePrimaryKey("payer_id", "id")
    payer = models.ForeignKey("organisation.Partner", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    # Year and number from the register, "2023-000017": gap-free per issuer and year of issued_on.
    number = models.TextField()
    kind = models.TextField(default="invoice")
    # The run's date: what is owed by then is billed.
    date = models.DateField()
    # The provider's local day at issued_at: the invoice's date in law. A due date counts from it.
    issued_on = models.DateField()
    # The run that issued it; null: none did.
    run = models.ForeignKey(BillingRun, null=True, on_delete=models.RESTRICT)
    currency = models.CharField(max_length=3)
    # Sum of the lines.
    net = amount_field()
    # Sum of the taxes.
    tax = amount_field()
    total = amount_field()
    # When the row was written, by the installation's clock.
    issued_at = models.DateTimeField()
    # The names, addresses and numbers below are copies, as they were when it was issued.
    issuer_name = models.TextField()
    issuer_address = models.TextField()
    issuer_siren = models.TextField(default="", blank=True)
    issuer_siret = models.TextField(default="", blank=True)
    issuer_vat_number = models.TextField()
    payer_name = models.TextField()
    payer_address = models.TextField()
    payer_country = models.CharField(max_length=2)
    payer_vat_number = models.TextField()
    # Issued by a sandbox: nobody owes it.
    specimen = models.BooleanField(default=False)

    class Meta:
        db_table = "invoice"
        constraints = (
            models.UniqueConstraint(fields=["payer", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["invoice", "credit_note"]), name="invoice_kind"),
            models.CheckConstraint(condition=models.Q(total=models.F("net") + models.F("tax")), name="invoice_sum"),
        )
        indexes = (models.Index(fields=["-date", "-id"], name="invoice_by_date"),)


class InvoiceLine(models.Model):
    """A line of an invoice; names are kept as they were."""

    pk = models.CompositePrimaryKey("payer_id", "invoice_id", "n")
    payer = models.ForeignKey("organisation.Partner", db_index=False, on_delete=models.RESTRICT)
    invoice_id = models.UUIDField()
    # Place on the invoice, from 1.
    n = models.IntegerField()
    # Whose seats they are. A plain column: invoices are keyed by payer.
    customer_id = models.UUIDField()
    # Name, client_id and purchase order as they were when it was issued.
    customer_name = models.TextField()
    client_id = models.TextField()
    purchase_order = models.TextField()
    # "seats".
    kind = models.TextField(default="seats")
    type = subscription_type_field()
    # From here to amount: as in Charge.
    period_starts_on = models.DateField()
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    months = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    period_days = models.PositiveSmallIntegerField()
    amount = amount_field()

    class Meta:
        db_table = "invoice_line"


class InvoiceTax(models.Model):
    """The tax of one category on an invoice: round(base × rate) (SPEC 7)."""

    pk = models.CompositePrimaryKey("payer_id", "invoice_id", "position")
    payer = models.ForeignKey("organisation.Partner", db_index=False, on_delete=models.RESTRICT)
    invoice_id = models.UUIDField()
    # Place on the invoice, from 1.
    position = models.PositiveSmallIntegerField()
    # Code of UNTDID 5305: "S" standard rate, "AE" reverse charge, "G" export.
    category = models.TextField()
    # Name of the tax in English; screens translate it.
    label = models.TextField()
    rate_percent = models.DecimalField(max_digits=6, decimal_places=3)
    # What the rate is applied to: the net.
    base = amount_field()
    # base × rate_percent ÷ 100, rounded half up to the cent once.
    amount = amount_field()

    class Meta:
        db_table = "invoice_tax"
