"""Tokens of telephone servers, and synchronisations (SPEC 6)."""

from __future__ import annotations

from django.db import models

from strapontin.kit.models import Id


class StackToken(models.Model):
    """The stack's current token, sealed, shared by all processes (100 sessions at most)."""

    stack = models.OneToOneField("organisation.Stack", primary_key=True, on_delete=models.CASCADE)
    # Sealed with the installation's key, as passwords are.
    token_sealed = models.BinaryField()
    # When the stack ends the token, by real time.
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "stack_token"


class Synchronization(models.Model):
    """One reading of a customer's used seats from its stacks."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    # "running"; "done": all tenants read; "partial": some of them; "failed": none.
    state = models.TextField(default="running")
    # Who asked for it: "administrator", "api_key" or "system".
    actor_kind = models.TextField()
    # Id of the administrator or key; null for the system.
    actor_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    # Last sign of life of the worker. Equal to started_at: no worker has begun. Too old: another may begin.
    beat_at = models.DateTimeField()
    # Null while it runs.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "synchronization"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "done", "partial", "failed"]),
                name="synchronization_state",
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(state="running"), name="synchronization_one_running"
            ),
        )


class TenantReading(models.Model):
    """What one tenant answered in a synchronisation."""

    pk = models.CompositePrimaryKey("customer_id", "synchronization_id", "tenant_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    synchronization_id = models.UUIDField()
    # Id of the SiteTenant.
    tenant_id = models.UUIDField()
    site_id = models.UUIDField()
    # "waiting", then "counted" (counts are known), then "done" (users are applied) or "failed".
    state = models.TextField(default="waiting")
    # Why it failed; empty: it did not.
    error_code = models.TextField(default="", blank=True)
    # Since when the stack has not answered, if it was not asked for that reason.
    silent_since = models.DateTimeField(null=True)
    # Users on the stack: {type code: users}.
    counts = models.JSONField(default=dict)
    # As in SiteTenant.
    unmapped = models.JSONField(default=list)
    # As strapontin.seats.differences.Differences; {} until the users are compared.
    differences = models.JSONField(default=dict)
    # When the tenant was last read with success: now, or earlier if this reading failed; null: never.
    synchronized_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tenant_reading"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "counted", "done", "failed"]),
                name="tenant_reading_state",
            ),
        )
