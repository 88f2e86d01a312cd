"""Tokens of telephone servers, and synchronisations (SPEC 6)."""

from __future__ import annotations

from django.db import models

from strapontin.kit.models import Id


class StackToken(models.Model):
    """The stack's current token, sealed, shared by all processes (100 sessions at most)."""

    stack = models.OneToOneField("organisation.Stack", primary_key=True, on_delete=models.CASCADE)
    token_sealed = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "stack_token"


class Synchronization(models.Model):
    """One reading of a customer's used seats from its stacks."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    state = models.TextField(default="running")
    actor_kind = models.TextField()
    actor_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
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
    tenant_id = models.UUIDField()
    site_id = models.UUIDField()
    state = models.TextField(default="waiting")
    error_code = models.TextField(default="", blank=True)
    counts = models.JSONField(default=dict)
    unmapped = models.JSONField(default=list)
    differences = models.JSONField(default=dict)
    synchronized_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tenant_reading"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "counted", "done", "failed"]),
                name="tenant_reading_state",
            ),
        )
