"""Telephone servers, their tenants, synchronisations, and calls waiting to be made (SPEC 6)."""

from __future__ import annotations

from django.db import models

from strapontin.kit.models import Id
from strapontin.kit.names import sort_key_field


class Stack(models.Model):
    """A telephone server and how to sign in there; the password is sealed with the installation's key."""

    id = Id(primary_key=True)
    partner = models.ForeignKey("organisation.Partner", null=True, on_delete=models.RESTRICT)
    name = models.TextField()
    sort_key = sort_key_field("name")
    kind = models.TextField()
    url = models.TextField()
    username = models.TextField(default="", blank=True)
    password_sealed = models.BinaryField(default=b"")
    verify_tls = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "stack"
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=["wazo", "csv"]), name="stack_kind"),
            models.CheckConstraint(condition=~models.Q(name=""), name="stack_name"),
        )

    def __str__(self) -> str:
        return self.name


class StackToken(models.Model):
    """The stack's current token, sealed, shared by all processes (100 sessions at most)."""

    stack = models.OneToOneField(Stack, primary_key=True, on_delete=models.CASCADE)
    token_sealed = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "stack_token"


class TenantRegister(models.Model):
    """Which site a tenant belongs to, everywhere unique; no foreign key to customers (SPEC 11)."""

    pk = models.CompositePrimaryKey("stack_id", "tenant_uuid")
    stack = models.ForeignKey(Stack, db_index=False, on_delete=models.RESTRICT)
    tenant_uuid = models.UUIDField()
    customer_id = models.UUIDField()
    site_id = models.UUIDField()

    class Meta:
        db_table = "tenant_register"


class SiteTenant(models.Model):
    """A tenant of a stack in which a site's users live, with what its last synchronisation said."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    site_id = models.UUIDField()
    stack = models.ForeignKey(Stack, on_delete=models.RESTRICT)
    stack_name = models.TextField()
    tenant_uuid = models.UUIDField()
    synchronized_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    error_code = models.TextField(default="", blank=True)
    unmapped = models.JSONField(default=list)
    # The answer with which nothing here differed, and what it was compared with.
    agreed = models.BinaryField(default=b"")

    class Meta:
        db_table = "site_tenant"
        constraints = (models.UniqueConstraint(fields=["customer", "stack", "tenant_uuid"], name="site_tenant_once"),)


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
