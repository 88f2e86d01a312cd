"""Sample values of what is ahead: renewals, unused seats, seats that run out."""

from datetime import date
from uuid import UUID

from strapontin.outlook.queries import RunningOut, UnusedSeats
from strapontin.web.subscriptions.shapes.outlook import RenewalRow, RunningOutRow, UnusedRow
from tests.pages.gallery import samples as sample

_ID = UUID(int=7)


def running_out(customer: str = "") -> list[RunningOutRow]:
    """One site with a day on which it is full, one without."""
    voice, uc, _ = sample.types()
    places = [
        (RunningOut(_ID, "Eybens", voice.code, 1, date(2023, 7, 28)), voice.name),
        (RunningOut(_ID, "Voiron, rééducation", uc.code, 2, None), uc.name),
    ]
    return [
        RunningOutRow(place=place, type=name, allocate_url="#", customer=customer, customer_url="#")
        for place, name in places
    ]


def unused() -> list[UnusedRow]:
    """Seats of two sites that renew unused."""
    voice = sample.types()[0]
    places = [("Eybens", 3, date(2023, 5, 19)), ("Le Pont-de-Claix", 1, date(2023, 7, 6))]
    return [
        UnusedRow(place=UnusedSeats(_ID, _ID, site, voice.code, 12, seats, since), type=voice.name, lower_url="#")
        for site, seats, since in places
    ]


def renewals() -> list[RenewalRow]:
    """With unused seats on one site, on two, on none."""
    names = ("Coopérative du Pré-Bleu", "Mairie de Valbrume", "Cabinet Plume & Associés")
    return [
        RenewalRow(
            name=name,
            client_id=f"C-2014{number}",
            url="#",
            term_months=12,
            next_term_months=36 if number else 12,
            renews_on=date(2023, 9, 1),
            unused=sum(row.place.seats for row in places),
            since=max((row.place.since for row in places), default=None),
            places=places,
        )
        for number, (name, places) in enumerate(zip(names, (unused()[:1], unused(), []), strict=True))
    ]
