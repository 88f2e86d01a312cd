"""Users, the seats they take, and calls to stacks that tell of it (SPEC 5)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower

from strapontin.catalogue.models import subscription_type_field
from strapontin.kit.models import Id
from strapontin.kit.names import search_words_field, sort_key_field

# Who has a seat, and whom a stack refused: those whom lists show.
LISTED_STATES = ("active", "refused")
USER_STATES = ("active", "refused", "gone")
CALL_KINDS = ("create", "update", "free_email", "delete")
CALL_STATES = ("waiting", "sent", "done", "failed", "dismissed")
EVENT_KINDS = ("claim", "release", "found", "vanished", "retyped")


class User(models.Model):
    """A person who occupies a seat. Personal data stands here and nowhere else."""

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
    # Once in the customer, without case: only a stack itself may show two. Required if the site has a tenant.
    email = models.TextField(default="", blank=True)
    # Whether a stack gave the e-mail. As soon as it is changed here, it is once.
    email_from_stack = models.BooleanField(default=False, db_default=False)
    extension = models.TextField(default="", blank=True)
    # The words of names, e-mail and extension, and the ids of customer and site: a list is searched by them.
    search_words = search_words_field(
        "first_name", "last_name", "email", "extension", places=("customer_id", "site_id")
    )
    # False: the user cannot telephone, but keeps the seat.
    enabled = models.BooleanField(default=True)
    # "active": takes a seat. "refused": the stack refused to create the user, who takes no seat and stays listed until
    # somebody has dealt with it. "gone": has left its seat; the row stays for the history.
    state = models.TextField(default="active")
    # Where the user first appeared: "portal" (typed in or imported here) or "stack" (found by a synchronisation).
    origin = models.TextField(default="portal")
    # Id of the SiteTenant in which the user lives; null: on no stack.
    tenant_id = models.UUIDField(null=True)
    # The stack's own uuid of the user; null until the stack has confirmed the creation.
    stack_user_uuid = models.UUIDField(null=True)
    # When the row took its seat.
    claimed_at = models.DateTimeField()
    # When the seat was left; null while state is "active".
    released_at = models.DateTimeField(null=True)
    # Goes up with each change of the row; its ETag is made of it.
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "seat_user"
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=USER_STATES), name="seat_user_state"),
            models.CheckConstraint(condition=models.Q(origin__in=["portal", "stack"]), name="seat_user_origin"),
            # An e-mail that a stack gave is told from others by the user's own id: two are equal only without it.
            models.UniqueConstraint(
                "customer_id",
                Lower("email"),
                models.Case(models.When(email_from_stack=True, then="id")),
                condition=models.Q(state="active") & ~models.Q(email=""),
                nulls_distinct=False,
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
            models.Index(
                fields=["sort_key", "id"], condition=models.Q(state__in=LISTED_STATES), name="seat_user_by_name"
            ),
            models.Index(fields=["sort_key", "id"], condition=models.Q(state="refused"), name="seat_user_refused"),
            models.Index(fields=["sort_key", "id"], condition=models.Q(enabled=False), name="seat_user_disabled"),
            GinIndex(fields=["search_words"], condition=models.Q(state__in=LISTED_STATES), name="seat_user_by_words"),
        )


class SeatEvent(models.Model):
    """A seat taken or left: a row of the same kind as the ledger's, for used seats."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    site_id = models.UUIDField()
    type = subscription_type_field()
    user_id = models.UUIDField()
    # claim, release: a user came or left here. found, vanished: on the stack. retyped: another type or site (two rows).
    kind = models.TextField()
    # Local day from which it counts: that of recorded_at.
    effective_on = models.DateField()
    # When it became known. A run knows the rows recorded up to its cut.
    recorded_at = models.DateTimeField()
    # 1: a seat taken. -1: a seat left.
    delta = models.SmallIntegerField()
    # Seats used of this type on the site, after this event.
    used_after = models.IntegerField()
    # "administrator", "api_key" or "system".
    actor_kind = models.TextField()
    # Id of the administrator or key; null for the system.
    actor_id = models.UUIDField(null=True)
    # Way in: "screen", "api", "cli" or "job".
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
    # Id of the SiteTenant on whose stack the call is made.
    tenant_id = models.UUIDField()
    # "free_email": a user who moves within a stack gives its e-mail up, so that it can be created elsewhere.
    kind = models.TextField()
    # "waiting"; "sent": tried, without a final answer; "done"; "failed": refused or given up; "dismissed": failed, and
    # somebody has read why.
    state = models.TextField(default="waiting")
    # How often it was sent.
    attempts = models.PositiveSmallIntegerField(default=0)
    # Of the last attempt; empty: none failed.
    error_code = models.TextField(default="", blank=True)
    # The user's field that the stack did not accept; empty: it named none.
    error_field = models.TextField(default="", blank=True, db_default="")
    # The e-mail with which an open creation was tried first; emptied when the call ends.
    email = models.TextField(default="", blank=True)
    # The other values with which an open creation was tried first; emptied when the call ends.
    tried = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # When an open creation was tried first, by the real clock; null before.
    tried_at = models.DateTimeField(null=True)
    # What an update changes: the fields with the values that they had before. Of a creation: "allocated", the change by
    # which the seat was allocated with it; in another tenant: "user", and "behind", the row that stands for the user in
    # the former one. Of a deletion: "after", the call that it waits
    # for. Emptied when the call ends.
    former = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField()
    # Not before this moment; later after each attempt.
    due_at = models.DateTimeField()
    # When it ended, well or not; null while it is open.
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stack_call"
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=CALL_KINDS), name="stack_call_kind"),
            models.CheckConstraint(condition=models.Q(state__in=CALL_STATES), name="stack_call_state"),
        )
        indexes = (
            models.Index(fields=["customer", "user_id"], name="stack_call_of_user"),
            # The few that a list of users asks for.
            models.Index(
                fields=["customer", "user_id"],
                condition=models.Q(state__in=["waiting", "sent", "failed"]),
                name="stack_call_unsettled",
            ),
            # The next one to make is found at once, however many were made before.
            models.Index(
                fields=["customer", "id"], condition=models.Q(state__in=["waiting", "sent"]), name="stack_call_to_make"
            ),
        )
