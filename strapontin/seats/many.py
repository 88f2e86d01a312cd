"""Many new users at once: all of them get their seats, or none does (SPEC 5).

The list goes to the server as one text. One guarded statement claims all seats and writes users, events, journal and
calls to stacks as sets: nothing is done row by row. No temporary table is made: nobody may make one (ADR 0012).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils import uuid7

from strapontin.access.grants import UserManager
from strapontin.allocations.operations import lock_places, seats_are_limited
from strapontin.allocations.rules import Place
from strapontin.kit.database import statement, value_of, values_of
from strapontin.kit.jobs import defer
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, told_by_constraints
from strapontin.seats.claims import no_free_seat

# The rows of a list: a line for each user, with tabs between its values. "nth" is the place of a user among those of
# its balance; "tenant" is empty if the user lives on no stack.
_ROWS = r"""
SELECT cells[1]::int AS n, cells[2]::uuid AS id, cells[3]::uuid AS event_id, cells[4]::uuid AS journal_id,
       cells[5]::uuid AS call_id, cells[6]::uuid AS site_id, cells[7] AS type_code, cells[8]::int AS nth,
       cells[9] AS first_name, cells[10] AS last_name, cells[11] AS email, cells[12] AS extension,
       cells[13]::bool AS enabled, cells[14] AS tenant
  FROM string_to_table(%(users)s::text, E'\n') AS line, string_to_array(line, E'\t') AS cells
"""
_CLAIM = statement(__file__, "claim_many.sql").replace("{new_users}", _ROWS)
_TAKEN = statement(__file__, "taken_emails.sql").replace("{new_users}", _ROWS)


@dataclass(slots=True)
class ListedUser:
    """A user of a list; ``number`` is that of its row. Site and type are ``None`` if they are not known."""

    number: int
    first_name: str
    last_name: str
    email: str
    extension: str
    enabled: bool
    site_id: UUID | None
    type_code: str | None
    tenant_id: UUID | None


def places_of(users: Sequence[ListedUser]) -> dict[Place, int]:
    """How many users there are for each place."""
    return dict(Counter((user.site_id, user.type_code) for user in users if user.site_id and user.type_code))


class UserList:
    """A list of users whose data is right, as the statements take it. Each user has its ids from the beginning."""

    def __init__(self, users: Sequence[ListedUser]) -> None:
        self.places = dict(Counter((user.site_id, user.type_code) for user in users if user.site_id and user.type_code))
        self.on_stacks = any(user.tenant_id for user in users)
        self.text = "\n".join(_lines(users))

    def rows_with_taken_email(self, customer_id: UUID, *, limit: int) -> list[int]:
        """The numbers of the first rows whose e-mail an active user of the customer has."""
        return values_of(int, _TAKEN, {"customer": customer_id, "users": self.text, "limit": limit})


def _lines(users: Sequence[ListedUser]) -> Iterator[str]:
    """A line for each user (:data:`_ROWS`). The rules of users' data let no tab and no line end pass."""
    seats: dict[tuple[UUID | None, str | None], int] = {}
    sites: dict[UUID | None, str] = {}
    for user in users:
        place = (user.site_id, user.type_code)
        seats[place] = nth = seats.get(place, 0) + 1
        site = sites.get(user.site_id) or sites.setdefault(user.site_id, str(user.site_id))
        yield (
            f"{user.number}\t{uuid7()}\t{uuid7()}\t{uuid7()}\t{uuid7()}\t{site}\t{user.type_code}\t{nth}\t"
            f"{user.first_name}\t{user.last_name}\t{user.email}\t{user.extension}\t{'t' if user.enabled else 'f'}\t"
            f"{user.tenant_id or ''}"
        )


def missing_seats(
    grant: UserManager, users: Mapping[Place, int], *, settings: Settings, at: datetime
) -> dict[Place, int]:
    """How many seats are missing for so many new users of each place; places where none is missing are left out.

    Locks the customer, brings it to today, and locks the balances. Raises ``customer_expired``, ``not_found``.
    """
    customer, quantities = lock_places(grant.actor, grant.customer.id, list(users), settings=settings, at=at)
    if customer.status != "active":
        raise Refusal("customer_expired", date=customer.period_ends_on)
    if not seats_are_limited(customer, settings=settings, today=settings.day(at)):
        return {}
    missing = {place: count - quantities[place].free for place, count in users.items()}
    return {place: seats for place, seats in missing.items() if seats > 0}


def claim_many(grant: UserManager, users: UserList, *, settings: Settings, at: datetime) -> int:
    """Creates the users of a list, each on a free seat. No e-mail of them is taken: the caller has looked.

    Answers how many users were created. Raises ``no_free_seat`` if one seat is missing, ``email_in_use``,
    ``customer_expired``. The caller then takes everything back. Calls to stacks are put into the outbox.
    """
    missing = missing_seats(grant, users.places, settings=settings, at=at)
    for place in missing:
        raise no_free_seat(grant, grant.customer, place, seats=users.places[place])
    today = settings.day(at)
    facts = {
        "customer": grant.customer.id,
        "users": users.text,
        "today": today,
        "enforced": today >= settings.seats_enforced_from,
        "at": at,
        "actor_kind": grant.actor.kind,
        "actor_id": grant.actor.id,
        "door": grant.actor.door,
    }
    with told_by_constraints():
        created = value_of(int, _CLAIM, facts) or 0
    if created != sum(users.places.values()):
        raise no_free_seat(grant, grant.customer, next(iter(users.places)), seats=1)
    if users.on_stacks:
        defer("provision", customer_id=str(grant.customer.id))
    return created
