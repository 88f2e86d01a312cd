"""What is sold and at which price (SPEC 7, Prices)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from strapontin.kit.models import Id


class SubscriptionType(models.Model):
    """A type of subscription; ``stack_ids`` are the integers by which telephone servers name it."""

    # The name in code, REST and every table, for example "voice".
    code = models.TextField(primary_key=True)
    name_fr = models.TextField()
    name_en = models.TextField()
    # A user created on a stack gets the first one.
    stack_ids = ArrayField(models.IntegerField(), default=list)
    # Order on screens and invoices, the smallest first.
    position = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "subscription_type"
        ordering = ("position",)

    def __str__(self) -> str:
        return self.code


def subscription_type_field() -> models.ForeignKey[SubscriptionType, SubscriptionType]:
    """A type's code. No index of its own: types are few and stay, and every table is read by customer or payer."""
    return models.ForeignKey(SubscriptionType, db_column="type_code", db_index=False, on_delete=models.RESTRICT)


class PriceList(models.Model):
    """Prices in one currency from a day on, general or one payer's own."""

    id = Id(primary_key=True)
    # The payer whose own list it is; null: the general list.
    partner = models.ForeignKey("organisation.Partner", null=True, on_delete=models.RESTRICT)
    name = models.TextField()
    # ISO 4217; the list counts for payers with this currency.
    currency = models.CharField(max_length=3)
    # Periods that start on this day or later take their prices from it, until a later list counts.
    valid_from = models.DateField()
    created_at = models.DateTimeField()
    # When the provider took the list back, before any period used it. Null: it counts.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "price_list"
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "currency", "valid_from"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="price_list_once",
                nulls_distinct=False,
            ),
        )


class Price(models.Model):
    """The monthly list price of a type, in the list's currency."""

    pk = models.CompositePrimaryKey("price_list_id", "type_id")
    price_list = models.ForeignKey(PriceList, db_index=False, on_delete=models.CASCADE, related_name="prices")
    type = subscription_type_field()
    # For one seat and one month, before discounts and tax.
    monthly_amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        db_table = "price"
        constraints = (models.CheckConstraint(condition=models.Q(monthly_amount__gte=0), name="price_not_negative"),)


class TermDiscount(models.Model):
    """The discount for a commitment of ``months``, in percent."""

    pk = models.CompositePrimaryKey("price_list_id", "months")
    price_list = models.ForeignKey(PriceList, db_index=False, on_delete=models.CASCADE, related_name="term_discounts")
    # The term: 1, 12 or 36. A term without a row has no discount.
    months = models.PositiveSmallIntegerField()
    # 0 to 100, off the list price.
    rate_percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        db_table = "term_discount"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(rate_percent__gte=0, rate_percent__lte=100), name="term_discount_rate"
            ),
        )


class LevelDiscount(models.Model):
    """The discount for a partnership level, in percent."""

    pk = models.CompositePrimaryKey("price_list_id", "level")
    price_list = models.ForeignKey(PriceList, db_index=False, on_delete=models.CASCADE, related_name="level_discounts")
    # The payer's level. A level without a row has no discount.
    level = models.TextField()
    # 0 to 100, off what the term discount leaves.
    rate_percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        db_table = "level_discount"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(rate_percent__gte=0, rate_percent__lte=100), name="level_discount_rate"
            ),
        )
