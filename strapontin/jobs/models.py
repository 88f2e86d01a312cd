"""What the worker has done: its steps of a day, and the letters of administrators."""

from __future__ import annotations

from django.db import models


class DailyStep(models.Model):
    """A step of the daily work that is done once a day."""

    name = models.TextField(primary_key=True)
    # The last local day for which it was done.
    done_for = models.DateField()

    class Meta:
        db_table = "daily_step"


class Letter(models.Model):
    """The daily letter of an administrator: the last one that was planned, sent or not."""

    administrator = models.OneToOneField("access.Administrator", primary_key=True, on_delete=models.CASCADE)
    # The local day for which it is.
    day = models.DateField()
    # It tells what is new after this day, up to ``day``: more than one day if the worker or the mail server was down.
    since = models.DateField()
    # When it was sent, or when there was nothing to tell; null: it is still to be sent.
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "letter"
