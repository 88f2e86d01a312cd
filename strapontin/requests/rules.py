"""What a request asks for, as it is kept; pure (SPEC 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from strapontin.allocations.rules import Place, Room
from strapontin.kit.rows import json_of
from strapontin.seats.claims import NewUser


@dataclass(frozen=True, slots=True)
class AskedUser:
    """A user to be added. ``site_name`` is the site's name at the time."""

    site_id: UUID
    type_code: str
    first_name: str
    last_name: str = ""
    email: str = ""
    extension: str = ""
    enabled: bool = True
    tenant_id: UUID | None = None
    site_name: str = ""

    @property
    def place(self) -> Place:
        """The balance whose seat the user will take."""
        return (self.site_id, self.type_code)

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def new_user(self) -> NewUser:
        """The user as the operation takes it."""
        return NewUser(
            site_id=self.site_id,
            type_code=self.type_code,
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email,
            extension=self.extension,
            enabled=self.enabled,
            tenant_id=self.tenant_id,
        )


@dataclass(frozen=True, slots=True)
class AskedSeats:
    """Seats to be added to what a place has. ``site_name`` is the site's name at the time."""

    site_id: UUID
    type_code: str
    seats: int
    site_name: str = ""

    @property
    def place(self) -> Place:
        """The balance to which they are added."""
        return (self.site_id, self.type_code)


@dataclass(frozen=True, slots=True)
class SeatsOfPlace:
    """How many seats a request needs on a place: one for each user, and those asked for alone."""

    site_id: UUID
    site_name: str
    type_code: str
    seats: int


def rooms_of(users: Sequence[AskedUser], allocations: Sequence[AskedSeats]) -> list[Room]:
    """The room that a request needs on each place.

    Seats asked for alone are always added. Users take free seats, those among them, and what is then missing is
    allocated.
    """
    rooms = {asked.place: Room(asked.place, more=asked.seats) for asked in allocations}
    for place, count in Counter(user.place for user in users).items():
        rooms[place] = replace(rooms.get(place, Room(place)), users=count)
    return [rooms[place] for place in sorted(rooms)]


def seats_by_place(users: Sequence[AskedUser], allocations: Sequence[AskedSeats]) -> list[SeatsOfPlace]:
    """What a request asks for in seats, in the order in which places were named."""
    seats: Counter[Place] = Counter()
    names: dict[UUID, str] = {}
    for user in users:
        seats[user.place] += 1
        names[user.site_id] = user.site_name
    for asked in allocations:
        seats[asked.place] += asked.seats
        names[asked.site_id] = asked.site_name
    return [SeatsOfPlace(place[0], names[place[0]], place[1], count) for place, count in seats.items()]


def content_of(users: Sequence[AskedUser], allocations: Sequence[AskedSeats]) -> str:
    """A digest by which the same request is known again: of what is asked for, and not of how sites are called."""
    named = ([replace(user, site_name="") for user in users], [replace(asked, site_name="") for asked in allocations])
    return sha256(json_of(named).encode()).hexdigest()
