"""Answers kept so that a request sent twice is done once (Idempotency-Key, a form sent twice); counted attempts."""

from __future__ import annotations

from django.db import models


class KeptAnswer(models.Model):
    """The answer to an actor's request, for 24 hours."""

    pk = models.CompositePrimaryKey("actor_id", "key")
    # The administrator or API key that sent the request.
    actor_id = models.UUIDField()
    # The Idempotency-Key that the client chose; of a form on a screen, "screen:" and the request_hash.
    key = models.TextField()
    # SHA-256 of path and body. The same Idempotency-Key with another request is refused.
    request_hash = models.BinaryField()
    # HTTP status, body and ETag as they were answered.
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    etag = models.TextField(default="", blank=True)
    # By real time, also in a sandbox; 24 hours later it no longer counts.
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "kept_answer"


class Attempt(models.Model):
    """A counter of attempts (``limits.py``)."""

    pk = models.CompositePrimaryKey("action", "subject")
    # What is tried: "sign_in.address", "wrong_key".
    action = models.TextField()
    # Digest of who tries or of what is tried: an address, a login, a device.
    subject = models.BinaryField()
    # Until when the attempts are remembered, by real time. Once it has passed, the row says nothing.
    free_at = models.DateTimeField()

    class Meta:
        db_table = "attempt"
