"""Telephone servers, their tenants, synchronisations, and calls waiting to be made (SPEC 6)."""

from __future__ import annotations

from django.db import models

from strapontin.kit.models import Id
from strapontin.kit.names import sort_key_field


class Stack(models.Model):
    """A telephone server and how to sign in there; the password is sealed with the installation's key."""

    id = Id(primary_key=True)
    # Whose stack it is; null: the provider's.
    partner = models.ForeignKey("organisation.Partner", null=True, on_delete=models.RESTRICT)
    name = models.TextField()
    sort_key = sort_key_field("name")
    # The connector: "wazo" or "csv".
    kind = models.TextField()
    # Base address, https://…; of a CSV stack file:….
    url = models.TextField()
    username = models.TextField(default="", blank=True)
    # Empty: none, or forgotten because the address was changed.
    password_sealed = models.BinaryField(default=b"")
    # False: any certificate is taken.
    verify_tls = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Goes up with each change of the row; its ETag is made of it.
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
    # Sealed with the installation's key, as passwords are.
    token_sealed = models.BinaryField()
    # When the stack ends the token, by real time.
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "stack_token"


class TenantRegister(models.Model):
    """Which site a tenant belongs to, everywhere unique; no foreign key to customers (SPEC 11)."""

    pk = models.CompositePrimaryKey("stack_id", "tenant_uuid")
    stack = models.ForeignKey(Stack, db_index=False, on_delete=models.RESTRICT)
    # The stack's own uuid of the tenant.
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
    # Copy of the stack's name: customers may not read stacks.
    stack_name = models.TextField()
    # The stack's own uuid of the tenant.
    tenant_uuid = models.UUIDField()
    # Last time it was read with success; null: never. The figures shown are of then.
    synchronized_at = models.DateTimeField(null=True)
    # Last attempt, with or without success; null: none yet.
    tried_at = models.DateTimeField(null=True)
    # Why the last attempt failed; empty: it did not.
    error_code = models.TextField(default="", blank=True)
    # Users of types that no subscription type names: [{"id": the stack's integer, "count": users}].
    unmapped = models.JSONField(default=list)
    # Digest of the last answer and of what stood here, if the two agreed; else empty. The same again is not compared.
    agreed = models.BinaryField(default=b"")

    class Meta:
        db_table = "site_tenant"
        constraints = (models.UniqueConstraint(fields=["customer", "stack", "tenant_uuid"], name="site_tenant_once"),)


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
    # Users on the stack: {type code: users}.
    counts = models.JSONField(default=dict)
    # As in SiteTenant.
    unmapped = models.JSONField(default=list)
    # {"unknown", "vanished", "other_type", "other_email": each a list of people, with their names}.
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


class StackCall(models.Model):
    """A call to a stack still to be made or confirmed: the outbox (SPEC 5)."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    user_id = models.UUIDField()
    # Id of the SiteTenant on whose stack the call is made.
    tenant_id = models.UUIDField()
    kind = models.TextField()
    # "waiting"; "sent": tried, without a final answer; "done"; "failed": given up.
    state = models.TextField(default="waiting")
    # How often it was sent.
    attempts = models.PositiveSmallIntegerField(default=0)
    # Of the last attempt; empty: none failed.
    error_code = models.TextField(default="", blank=True)
    # The e-mail with which an open creation was tried first; emptied when the call ends.
    email = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    # Not before this moment; later after each attempt.
    due_at = models.DateTimeField()
    # When it ended, well or not; null while it is open.
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
