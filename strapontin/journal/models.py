"""Who did what, when, through which door; people by id only (SPEC 11)."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from strapontin.kit.models import Id, path_field

ABOVE_CUSTOMERS = UUID(int=0)
"""The ``customer_id`` of entries about what is above customers: partners, prices, settings."""


class JournalEntry(models.Model):
    """One change; ``before`` and ``after`` hold no personal data."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer_id = models.UUIDField()
    id = Id()
    partner_path = path_field()
    at = models.DateTimeField()
    actor_kind = models.TextField()
    actor_id = models.UUIDField(null=True)
    door = models.TextField()
    action = models.TextField()
    object_kind = models.TextField()
    object_id = models.UUIDField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        db_table = "journal_entry"
