"""Requests for seats that wait when the demo begins: there is something to answer (SPEC 5)."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from strapontin.demo import people
from strapontin.requests.drafts import NewRequest
from strapontin.requests.rules import AskedSeats
from strapontin.seats.claims import NewUser

if TYPE_CHECKING:
    from strapontin.demo.build import Player


def ask_for_seats(player: Player) -> None:
    """Théo Lantier asks for a user of the clinic, Sabine Courtecuisse for two seats of her bakeries."""
    yesterday = player.days.at(player.days.today - timedelta(days=1), time(16, 20))
    clinic = player.customers[people.THEO.client_id or ""]
    zoe = NewUser(
        clinic.sites["Crolles, laboratoire"],
        "uc",
        "Zoé",
        "Quintefeuille",
        "zoe.quintefeuille@troischenes.example",
        "4131",
    )
    note = "Zoé arrive au laboratoire lundi."
    player.furnisher(people.THEO, yesterday).ask(clinic.id, NewRequest([zoe], note=note))
    sabine = next(person for person in people.OTHERS if person.client_id == "C-20118")
    bakeries = player.customers["C-20118"]
    site_id = next(iter(bakeries.sites.values()))
    request = NewRequest(allocations=[AskedSeats(site_id, "voice", 2)])
    player.furnisher(sabine, yesterday + timedelta(hours=1)).ask(bakeries.id, request)
