"""Answers kept so that a repeated request is done once (Idempotency-Key)."""

from __future__ import annotations

from django.db import models


class KeptAnswer(models.Model):
    """The 2xx answer to an actor's key, for 24 hours."""

    pk = models.CompositePrimaryKey("actor_id", "key")
    actor_id = models.UUIDField()
    key = models.TextField()
    request_hash = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    etag = models.TextField(default="", blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "kept_answer"
