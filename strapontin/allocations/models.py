"""Seats allocated: an append-only ledger and the balances derived from it (SPEC 4)."""

from __future__ import annotations

from django.db import models

from strapontin.catalogue.models import SubscriptionType, subscription_type_field
from strapontin.kit.models import Id, count_field, path_field

EXCHANGES = ("exchange_in", "exchange_out")
LEDGER_KINDS = (
    "raise",
    "lower",
    "withdraw",
    "hand_back",
    "move_in",
    "move_out",
    *EXCHANGES,
    "correction",
    "revoke",
    "reopen",
)


class Balance(models.Model):
    """The seats of a type on a site today; derived from the ledger and the seat events."""

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
    # Seats allocated today: the sum of the ledger's deltas that are effective before the running period ends.
    allocated = count_field()
    # Seats from the start of the next period on; less than allocated while a lowering is scheduled.
    next_cycle = count_field()
    # Users in a seat now: the sum of the seat events. May exceed allocated, since a stack knows no limit.
    used = count_field()
    # Goes up with each change of the row.
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
    # Copy of the customer's, for scopes.
    partner_path = path_field()
    # Sums over the sites, as in Balance.
    allocated = count_field()
    next_cycle = count_field()
    used = count_field()
    # Sum over the sites of the seats free for a new user: min(allocated, next_cycle) - used, 0 at least.
    remaining = count_field()
    # Sum over the sites of the users above the allocation: used - allocated, 0 at least.
    over = count_field()
    # Number of sites whose users hold all seats of the type: none is free for a new user, none is above.
    full_sites = count_field(db_default=0)

    class Meta:
        db_table = "customer_total"


class LedgerEntry(models.Model):
    """One change of an allocation: known from ``recorded_at``, valid from ``effective_on``."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    site_id = models.UUIDField()
    type = subscription_type_field()
    # Why the quantity changed; one of LEDGER_KINDS.
    kind = models.TextField()
    # First day on which it counts: today, the start of the next period, or for a correction a past day.
    effective_on = models.DateField()
    # When it became known. A run knows the rows recorded up to its cut.
    recorded_at = models.DateTimeField()
    # Seats more (positive) or fewer (negative); never 0.
    delta = models.IntegerField()
    # Seats allocated on the site from effective_on on, as known when the row was written.
    quantity_after = models.IntegerField()
    # Common to all rows of one request.
    change_id = models.UUIDField()
    # Of a hand_back: the raise (or reopen) whose seats it gives back; of a reopen: the revoke. Of both rows that undo
    # an exchange: its exchange_out. Null for other rows.
    reverses_id = models.UUIDField(null=True)
    # Of a move: the other site. Null for other kinds.
    counterpart_site_id = models.UUIDField(null=True)
    # Of an exchange: the other type. Null for other kinds.
    counterpart_type = models.ForeignKey(
        SubscriptionType,
        null=True,
        db_column="counterpart_type_code",
        db_index=False,
        on_delete=models.RESTRICT,
        related_name="+",
    )
    # "administrator", "api_key" or "system".
    actor_kind = models.TextField()
    # Id of the administrator or key; null for the system.
    actor_id = models.UUIDField(null=True)
    # Way in: "screen", "api", "cli" or "job".
    door = models.TextField()
    # Free text of the person who asked for the change.
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
            models.CheckConstraint(
                condition=(
                    models.Q(kind="exchange_out", delta__lt=0, counterpart_type__isnull=False)
                    | models.Q(kind="exchange_in", delta__gt=0, counterpart_type__isnull=False)
                    | (~models.Q(kind__in=EXCHANGES) & models.Q(counterpart_type__isnull=True))
                ),
                name="ledger_entry_exchange",
            ),
            models.CheckConstraint(
                condition=~models.Q(counterpart_type=models.F("type")), name="ledger_entry_of_two_types"
            ),
        )


class CustomerMonth(models.Model):
    """A customer's seats per type at the end of a month, for the charts of wide scopes; written when it closes."""

    pk = models.CompositePrimaryKey("customer_id", "month_ends_on", "type_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    # The last day of the month.
    month_ends_on = models.DateField()
    type = subscription_type_field()
    # Copy of the customer's; follows when a partner moves.
    partner_path = path_field()
    # Both at the end of that day.
    allocated = count_field()
    used = count_field()

    class Meta:
        db_table = "customer_month"


class CustomerLimit(models.Model):
    """What a customer's own administrators and keys may change without the partner; no row: everything."""

    customer = models.OneToOneField(
        "organisation.Customer", primary_key=True, on_delete=models.RESTRICT, related_name="limit"
    )
    # Seats that they may add in a calendar month; null: any number.
    seats_per_month = models.IntegerField(null=True)
    # What the seats added in a calendar month may cost, without tax, in the payer's currency; null: anything.
    amount_per_month = models.DecimalField(null=True, max_digits=12, decimal_places=2)
    # False: they lower nothing.
    may_lower = models.BooleanField(default=True)
    # False: they add nothing, but ask for it.
    may_raise = models.BooleanField(default=True)

    class Meta:
        db_table = "customer_limit"
        constraints = (
            models.CheckConstraint(
                condition=(models.Q(seats_per_month__isnull=True) | models.Q(seats_per_month__gte=0))
                & (models.Q(amount_per_month__isnull=True) | models.Q(amount_per_month__gte=0)),
                name="customer_limit_not_negative",
            ),
        )
