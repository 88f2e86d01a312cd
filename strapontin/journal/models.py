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
    # The nil uuid (ABOVE_CUSTOMERS) for what is above customers.
    customer_id = models.UUIDField()
    id = Id()
    # The partners above what changed, as they were then; a later move does not rewrite it. It belongs to the last one:
    # whoever is above that partner now may read the entry.
    partner_path = path_field()
    at = models.DateTimeField()
    # "administrator", "api_key" or "system".
    actor_kind = models.TextField()
    # Id of the administrator or key; null for the system.
    actor_id = models.UUIDField(null=True)
    # Way in: "screen", "api", "cli" or "job".
    door = models.TextField()
    # Noun and verb, for example "customer.change".
    action = models.TextField()
    # What changed: kind and id. The id is null for the settings.
    object_kind = models.TextField()
    object_id = models.UUIDField(null=True)
    # The fields that changed, with their values; empty for something new or removed.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        db_table = "journal_entry"
