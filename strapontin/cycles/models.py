"""Periods of customers: they tile time, and carry what was fixed when they started (SPEC 7, Periods)."""

from __future__ import annotations

from django.db import models

from strapontin.catalogue.models import subscription_type_field
from strapontin.organisation.models import TERMS_MONTHS


class Period(models.Model):
    """One period [starts_on, ends_on) of a customer.

    ``months`` is what a full seat costs in units of the monthly price (1 for a stub), ``full_days`` the
    denominator of proration (the days of the month for a stub). ``payer`` is fixed when the period starts.
    """

    pk = models.CompositePrimaryKey("customer_id", "starts_on")
    customer = models.ForeignKey(
        "organisation.Customer", db_index=False, on_delete=models.RESTRICT, related_name="periods"
    )
    starts_on = models.DateField()
    # The day on which the next period begins: no longer part of this one.
    ends_on = models.DateField()
    # The commitment: 1, 12 or 36. It chooses the term discount, also for a stub.
    term_months = models.PositiveSmallIntegerField()
    # How many monthly prices a full seat costs: term_months, or 1 for a stub.
    months = models.PositiveSmallIntegerField()
    # Days that these months have: ends_on - starts_on, or for a stub the days of its month.
    full_days = models.PositiveSmallIntegerField()
    # Who gets the invoice; null: there was no payer yet. Filled in as soon as there is one.
    payer = models.ForeignKey("organisation.Partner", null=True, db_index=False, on_delete=models.RESTRICT)
    # False for a customer not for resale: never rated.
    billable = models.BooleanField(default=True)
    # When the row was written; later than starts_on if nothing was at work then.
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "period"
        constraints = (
            models.CheckConstraint(condition=models.Q(starts_on__lt=models.F("ends_on")), name="period_not_empty"),
            models.CheckConstraint(condition=models.Q(term_months__in=TERMS_MONTHS), name="period_term"),
            models.CheckConstraint(condition=models.Q(months__gte=1, full_days__gte=1), name="period_measure"),
        )


class PeriodPrice(models.Model):
    """The unit price of a type in a period, with what it was made of; fixed when the period starts."""

    pk = models.CompositePrimaryKey("customer_id", "period_starts_on", "type_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    period_starts_on = models.DateField()
    period = models.ForeignObject(
        Period,
        on_delete=models.CASCADE,
        from_fields=["customer_id", "period_starts_on"],
        to_fields=["customer_id", "starts_on"],
        related_name="prices",
    )
    type = subscription_type_field()
    # The list from which price and discounts were taken.
    price_list = models.ForeignKey("catalogue.PriceList", db_index=False, on_delete=models.RESTRICT)
    currency = models.CharField(max_length=3)
    # For one seat and one month, before discounts.
    list_price = models.DecimalField(max_digits=12, decimal_places=2)
    # 0 to 100.
    term_discount_percent = models.DecimalField(max_digits=5, decimal_places=2)
    # 0 to 100.
    level_discount_percent = models.DecimalField(max_digits=5, decimal_places=2)
    # For one seat and one month: list price less both discounts, rounded to the cent once.
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        db_table = "period_price"
