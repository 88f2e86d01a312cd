"""What is ahead, as pages show it: renewals with a decrease filled in, and seats that run out."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from strapontin.outlook.queries import Renewal, RunningOut, SeatWarning, UnusedSeats
from strapontin.web.frame.labels import Types
from strapontin.web.subscriptions.shapes.outlook import RenewalRow, RunningOutRow, UnusedRow


def renewal_rows(renewals: Iterable[Renewal], labels: Types) -> list[RenewalRow]:
    """Renewals, each with its customer and its unused seats."""
    return [
        RenewalRow(
            name=renewal.name,
            client_id=renewal.client_id,
            url=reverse("customer", args=[renewal.id]),
            term_months=renewal.term_months,
            next_term_months=renewal.next_term_months,
            renews_on=renewal.renews_on,
            unused=renewal.unused_seats,
            since=max((place.since for place in renewal.unused), default=None),
            places=unused_rows(renewal.unused, labels),
        )
        for renewal in renewals
    ]


def unused_rows(places: Iterable[UnusedSeats], labels: Types) -> list[UnusedRow]:
    """Unused seats, each with the address at which the decrease is filled in; nothing is changed by opening it."""
    return [
        UnusedRow(
            place=place,
            type=labels[place.type_code].name,
            lower_url=reverse("allocation", args=[place.customer_id, place.site_id])
            + f"?{place.type_code}={place.lowered}",
        )
        for place in places
    ]


def running_out_rows(places: Iterable[RunningOut], labels: Types, *, customer_id: UUID) -> list[RunningOutRow]:
    """The seats of one customer that run out."""
    return [_running_out_row(place, labels, customer_id) for place in places]


def warning_rows(places: Iterable[SeatWarning], labels: Types) -> list[RunningOutRow]:
    """Seats that run out, of several customers."""
    return [_running_out_row(place, labels, place.customer_id, place.customer_name) for place in places]


def _running_out_row(place: RunningOut, labels: Types, customer_id: UUID, name: str = "") -> RunningOutRow:
    return RunningOutRow(
        place=place,
        type=labels[place.type_code].name,
        allocate_url=reverse("allocation", args=[customer_id, place.site_id]),
        customer=name,
        customer_url=reverse("customer", args=[customer_id]) if name else "",
    )
