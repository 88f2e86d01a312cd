"""Users, the seats they take, and calls to stacks that tell of it (SPEC 5)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from strapontin.catalogue.models import subscription_type_field
from strapontin.kit.models import Id
from strapontin.kit.names import sort_key_field

EVENT_KINDS = ("claim", "release", "found", "vanished", "retyped")


class User(models.Model):
    """Somebody who occupies a seat; personal data stands here and nowhere else."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    site_id = models.UUIDField()
    site = models.ForeignObject(
        "organisation.Site",
        on_delete=models.RESTRICT,
        from_fields=["customer_id", "site_id"],
        to_fields=["customer_id", "id"],
        related_name="users",
    )
    type = subscription_type_field()
    first_name = models.TextField()
    last_name = models.TextField(default="", blank=True)
    sort_key = sort_key_field("last_name", "first_name")
    email = models.TextField(default="", blank=True)
    extension = models.TextField(default="", blank=True)
    enabled = models.BooleanField(default=True)
    state = models.TextField(default="active")
    origin = models.TextField(default="portal")
    tenant_id = models.UUIDField(null=True)
    stack_user_uuid = models.UUIDField(null=True)
    claimed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "seat_user"
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=["active", "gone"]), name="seat_user_state"),
            models.CheckConstraint(condition=models.Q(origin__in=["portal", "stack"]), name="seat_user_origin"),
            models.UniqueConstraint(
                "customer_id",
                Lower("email"),
                condition=models.Q(state="active", origin="portal") & ~models.Q(email=""),
                name="seat_user_email_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "tenant_id", "stack_user_uuid"],
                condition=models.Q(state="active"),
                name="seat_user_stack_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["customer", "site_id", "type"],
                condition=models.Q(state="active"),
                name="seat_user_active",
            ),
        )


class SeatEvent(models.Model):
    """A seat taken or left: a row of the same kind as the ledger's, for used seats."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    site_id = models.UUIDField()
    type = subscription_type_field()
    user_id = models.UUIDField()
    kind = models.TextField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    delta = models.SmallIntegerField()
    used_after = models.IntegerField()
    actor_kind = models.TextField()
    actor_id = models.UUIDField(null=True)
    door = models.TextField()

    class Meta:
        db_table = "seat_event"
        constraints = (
            models.CheckConstraint(condition=models.Q(delta__in=[-1, 1]), name="seat_event_one_seat"),
            models.CheckConstraint(condition=models.Q(used_after__gte=0), name="seat_event_used"),
            models.CheckConstraint(condition=models.Q(kind__in=EVENT_KINDS), name="seat_event_kind"),
        )


class StackCall(models.Model):
    """A call to a stack still to be made or confirmed: the outbox (SPEC 5)."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    user_id = models.UUIDField()
    tenant_id = models.UUIDField()
    kind = models.TextField()
    state = models.TextField(default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.TextField(default="", blank=True)
    # What an open creation has tried.
    email = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stack_call"
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=["create", "update", "delete"]), name="stack_call_kind"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sent", "done", "failed"]), name="stack_call_state"
            ),
        )
        indexes = (
            models.Index(
                fields=["customer", "user_id"],
                condition=models.Q(state__in=["waiting", "sent"]),
                name="stack_call_open",
            ),
        )
