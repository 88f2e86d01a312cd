"""Seats allocated: an append-only ledger and the balances derived from it (SPEC 4)."""

from __future__ import annotations

from django.db import models

from strapontin.catalogue.models import subscription_type_field
from strapontin.kit.models import Id, count_field, path_field

LEDGER_KINDS = (
    "raise",
    "lower",
    "withdraw",
    "hand_back",
    "move_in",
    "move_out",
    "correction",
    "revoke",
)


class Balance(models.Model):
    """The seats of a type on a site today; derived, and guarded where it changes."""

    pk = models.CompositePrimaryKey("customer_id", "site_id", "type_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    site_id = models.UUIDField()
    site = models.ForeignObject(
        "organisation.Site",
        on_delete=models.RESTRICT,
        from_fields=["customer_id", "site_id"],
        to_fields=["customer_id", "id"],
        related_name="balances",
    )
    type = subscription_type_field()
    allocated = count_field()
    next_cycle = count_field()
    used = count_field()
    version = models.BigIntegerField(default=0)

    class Meta:
        db_table = "balance"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(next_cycle__gte=0, next_cycle__lte=models.F("allocated"), used__gte=0),
                name="balance_in_order",
            ),
        )


class CustomerTotal(models.Model):
    """Sums of a customer's balances per type, for lists over many customers."""

    pk = models.CompositePrimaryKey("customer_id", "type_id")
    customer = models.ForeignKey(
        "organisation.Customer", db_index=False, on_delete=models.RESTRICT, related_name="totals"
    )
    type = subscription_type_field()
    partner_path = path_field()
    allocated = count_field()
    next_cycle = count_field()
    used = count_field()
    remaining = count_field()
    over = count_field()

    class Meta:
        db_table = "customer_total"


class LedgerEntry(models.Model):
    """One change of an allocation: known from ``recorded_at``, valid from ``effective_on``."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    site_id = models.UUIDField()
    type = subscription_type_field()
    kind = models.TextField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    delta = models.IntegerField()
    quantity_after = models.IntegerField()
    change_id = models.UUIDField()
    reverses_id = models.UUIDField(null=True)
    counterpart_site_id = models.UUIDField(null=True)
    actor_kind = models.TextField()
    actor_id = models.UUIDField(null=True)
    door = models.TextField()
    reason = models.TextField(default="", blank=True)

    class Meta:
        db_table = "ledger_entry"
        constraints = (
            models.CheckConstraint(condition=~models.Q(delta=0), name="ledger_entry_changes"),
            models.CheckConstraint(condition=models.Q(quantity_after__gte=0), name="ledger_entry_quantity"),
            models.CheckConstraint(condition=models.Q(kind__in=LEDGER_KINDS), name="ledger_entry_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="hand_back") | models.Q(reverses_id__isnull=False, delta__lt=0),
                name="ledger_entry_hand_back",
            ),
        )


class CustomerMonth(models.Model):
    """A customer's seats per type at the end of a month, for the charts of wide scopes; written when it closes."""

    pk = models.CompositePrimaryKey("customer_id", "month_ends_on", "type_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    month_ends_on = models.DateField()
    type = subscription_type_field()
    partner_path = path_field()
    allocated = count_field()
    used = count_field()

    class Meta:
        db_table = "customer_month"
