"""Requests for seats, by those who may not allocate them (SPEC 5)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from strapontin.kit.models import Id, path_field

STATES = ("open", "approved", "declined", "withdrawn")


class SeatRequest(models.Model):
    """Users to be added with their seats, and seats alone: asked for by one administrator, decided by another."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    # Copy of the customer's, for scopes; follows when a partner moves.
    partner_path = path_field()
    # One of STATES. It leaves "open" once, and never again.
    state = models.TextField(default="open")
    # The users asked for, as strapontin.requests.rules.AskedUser. Emptied when their personal data is erased.
    users = models.JSONField(default=list)
    # The seats asked for without users, as strapontin.requests.rules.AskedSeats.
    allocations = models.JSONField(default=list)
    # What the one who asks adds for those who decide. Emptied with the users' personal data.
    note = models.TextField(default="", blank=True)
    # Digest of the users and seats while the request is open: the same one is not made twice. Empty once decided.
    content = models.TextField(default="", blank=True)
    # "administrator", "api_key" or "system".
    asked_kind = models.TextField()
    # Id of the administrator or key; null for the system.
    asked_by_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    # The local day on which those who may decide were written to for the last time.
    reminded_on = models.DateField()
    # As those who asked: whoever approved, declined or withdrew. Empty and null while it is open.
    decided_kind = models.TextField(default="", blank=True)
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    # Why it was declined.
    reason = models.TextField(default="", blank=True)
    # The users whom the approval created, in the order of users.
    created_ids = ArrayField(models.UUIDField(), default=list)
    # Until when the seats are committed that the approval allocated; null: it allocated none.
    committed_until = models.DateField(null=True)
    # When the one who asked has seen the answer; null: not yet.
    seen_at = models.DateTimeField(null=True)
    # Goes up with each change of the row; its ETag is made of it.
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "seat_request"
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="seat_request_state"),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at__isnull=True, decided_kind="", decided_by_id__isnull=True)
                | (
                    ~models.Q(state="open")
                    & ~models.Q(decided_kind="")
                    & models.Q(decided_at__isnull=False, content="")
                ),
                name="seat_request_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(state="approved") | models.Q(created_ids=[], committed_until__isnull=True),
                name="seat_request_created",
            ),
            models.CheckConstraint(
                condition=models.Q(state="declined") | models.Q(reason=""), name="seat_request_reason"
            ),
            models.UniqueConstraint(
                fields=["customer", "asked_by_id", "content"],
                condition=models.Q(state="open"),
                nulls_distinct=False,
                name="seat_request_once",
            ),
        )
