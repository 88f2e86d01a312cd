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
    date = models.DateField()
    preview = models.BooleanField(default=False)
    state = models.TextField(default="queued")
    cut = models.DateTimeField(null=True)
    customers_total = models.IntegerField(default=0)
    customers_done = models.IntegerField(default=0)
    invoices = models.IntegerField(default=0)
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
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
    """A payer that a run has finished with, which makes a run resumable; a preview's figures stand here."""

    pk = models.CompositePrimaryKey("run_id", "payer_id")
    run = models.ForeignKey(BillingRun, db_index=False, on_delete=models.CASCADE, related_name="payers")
    payer = models.ForeignKey("organisation.Partner", on_delete=models.RESTRICT)
    done_at = models.DateTimeField()
    preview = models.JSONField(null=True)

    class Meta:
        db_table = "run_payer"


class Charge(models.Model):
    """What a run charges a customer for a type over [starts_on, ends_on): B − C (SPEC 7).

    ``quantity`` and ``amount`` are negative for a credit. A charge is inserted together with its invoice, in
    one transaction: every charge that can be read is issued.
    """

    pk = models.CompositePrimaryKey("customer_id", "run_id", "period_starts_on", "type_id", "starts_on")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    run = models.ForeignKey(BillingRun, on_delete=models.RESTRICT)
    run_date = models.DateField()
    cut = models.DateTimeField()
    basis = models.TextField()
    payer = models.ForeignKey("organisation.Partner", on_delete=models.RESTRICT)
    period_starts_on = models.DateField()
    type = subscription_type_field()
    starts_on = models.DateField()
    ends_on = models.DateField()
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    months = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    period_days = models.PositiveSmallIntegerField()
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
    run = models.ForeignKey(BillingRun, on_delete=models.RESTRICT)
    basis = models.TextField()

    class Meta:
        db_table = "period_rating"
        constraints = (
            models.CheckConstraint(condition=models.Q(basis__in=["used", "allocated"]), name="period_rating_basis"),
        )


class ParkedCustomer(models.Model):
    """A customer that a run could not bill, and why; ``payer_id`` is the nil uuid where the payer is missing."""

    pk = models.CompositePrimaryKey("customer_id", "run_id", "payer_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    run = models.ForeignKey(BillingRun, on_delete=models.CASCADE)
    payer_id = models.UUIDField()
    reason = models.TextField()

    class Meta:
        db_table = "parked_customer"


class InvoiceNumber(models.Model):
    """The last number given by an issuer in a year: gap-free, taken last in a transaction."""

    pk = models.CompositePrimaryKey("issuer", "year")
    issuer = models.TextField()
    year = models.PositiveSmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        db_table = "invoice_number"


class Invoice(models.Model):
    """An issued invoice or credit note; inserted whole, never changed."""

    pk = models.CompositePrimaryKey("payer_id", "id")
    payer = models.ForeignKey("organisation.Partner", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    number = models.TextField()
    kind = models.TextField(default="invoice")
    date = models.DateField()
    run = models.ForeignKey(BillingRun, null=True, on_delete=models.RESTRICT)
    currency = models.CharField(max_length=3)
    net = amount_field()
    tax = amount_field()
    total = amount_field()
    issued_at = models.DateTimeField()
    issuer_name = models.TextField()
    issuer_address = models.TextField()
    issuer_vat_number = models.TextField()
    payer_name = models.TextField()
    payer_address = models.TextField()
    payer_country = models.CharField(max_length=2)
    payer_vat_number = models.TextField()

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
    n = models.IntegerField()
    customer_id = models.UUIDField()
    customer_name = models.TextField()
    client_id = models.TextField()
    purchase_order = models.TextField()
    kind = models.TextField(default="seats")
    type = subscription_type_field()
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
    position = models.PositiveSmallIntegerField()
    category = models.TextField()
    label = models.TextField()
    rate_percent = models.DecimalField(max_digits=6, decimal_places=3)
    base = amount_field()
    amount = amount_field()

    class Meta:
        db_table = "invoice_tax"
