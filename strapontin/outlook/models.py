"""What is ahead of customers, for lists over many of them: derived every day, never the source of anything (SPEC 4)."""

from __future__ import annotations

from django.db import models

from strapontin.catalogue.models import subscription_type_field
from strapontin.kit.models import count_field, path_field


class Place(models.Model):
    """A type of seats on a site of a customer."""

    pk = models.CompositePrimaryKey("customer_id", "site_id", "type_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    site_id = models.UUIDField()
    site = models.ForeignObject(
        "organisation.Site",
        on_delete=models.RESTRICT,
        from_fields=["customer_id", "site_id"],
        to_fields=["customer_id", "id"],
        related_name="+",
    )
    type = subscription_type_field()
    # Copy of the customer's, for scopes; follows when a partner moves.
    partner_path = path_field()
    # Copy of the site's: lists over many customers may not read sites.
    site_name = models.TextField()

    class Meta:
        abstract = True


class SeatWarning(Place):
    """Seats that run out: few are free, or the site is full soon at the pace of the last 30 days."""

    # Seats free for a new user. With 0 the row stays: the next seat that becomes free is no news.
    free = count_field()
    # The day on which the site is full at this pace; null: not within the next months.
    full_on = models.DateField(null=True)
    # The day whose letter tells it: that of the warning or, if the letters of that day were written, the next one.
    told_on = models.DateField()

    class Meta:
        db_table = "seat_warning"


class UnusedSeats(Place):
    """Seats that renew within 60 days and that nobody uses."""

    # Seats from the next period on.
    next_cycle = count_field()
    # Those of them that nobody uses: throughout the last 60 days if there are any, else today.
    seats = count_field()
    # The day since which as many have been unused; 60 days ago if it was earlier.
    since = models.DateField()

    class Meta:
        db_table = "unused_seats"
