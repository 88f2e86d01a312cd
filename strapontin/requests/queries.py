"""Reading requests: one, those of a customer, those of a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import RequestParty, RequestReader
from strapontin.kit.database import row_of, rows_of, run
from strapontin.refusals import not_found
from strapontin.requests.rules import AskedSeats, AskedUser, SeatsOfPlace, seats_by_place

State = Literal["open", "approved", "declined", "withdrawn"]

_COLUMNS = """
r.customer_id, c.name AS customer_name, c.client_id, r.id, r.state, r.users, r.allocations, r.note, r.asked_kind,
r.asked_by_id, r.asked_at, r.reminded_on, r.decided_kind, r.decided_by_id, r.decided_at, r.reason, r.created_ids,
r.committed_until, r.version,
coalesce((SELECT name FROM administrator WHERE id = r.asked_by_id), (SELECT name FROM api_key WHERE id = r.asked_by_id))
    AS asked_name,
coalesce((SELECT name FROM administrator WHERE id = r.decided_by_id),
         (SELECT name FROM api_key WHERE id = r.decided_by_id)) AS decided_name
"""
_FROM = "FROM seat_request r JOIN customer c ON c.id = r.customer_id"
_ONE = f"SELECT {_COLUMNS} {_FROM} WHERE r.customer_id = %s AND r.id = %s"
_SEEN = """
UPDATE seat_request SET seen_at = %(at)s
 WHERE customer_id = %(customer)s AND id = %(request)s AND seen_at IS NULL AND asked_by_id = %(actor)s
   AND state IN ('approved', 'declined')
"""
# How many requests wait for an actor: open ones to be answered, and answers to be read. An SQL expression with the
# values of :func:`waiting_for`. It counts no further than a page shows.
WAITING = """
((SELECT count(*) FROM (SELECT 1 FROM seat_request WHERE state = 'open' AND %(decides)s LIMIT 100) AS open)
 + (SELECT count(*) FROM (SELECT 1 FROM seat_request WHERE asked_by_id = %(actor)s::uuid AND seen_at IS NULL
                             AND state IN ('approved', 'declined') LIMIT 100) AS answered))::int
"""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who asked or answered; ``actor_name`` is ``None`` if the reader may not see this person or key."""

    actor_kind: str
    actor_id: UUID | None
    actor_name: str | None


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """A request as it stands. ``users`` is empty if their personal data was erased."""

    customer_id: UUID
    customer_name: str
    client_id: str
    id: UUID
    state: State
    users: list[AskedUser]
    allocations: list[AskedSeats]
    note: str
    asked_kind: str
    asked_by_id: UUID | None
    asked_at: datetime
    reminded_on: date
    decided_kind: str
    decided_by_id: UUID | None
    decided_at: datetime | None
    reason: str
    created_ids: list[UUID]
    committed_until: date | None
    version: int
    asked_name: str | None
    decided_name: str | None

    @property
    def asker(self) -> Doer:
        """Who asked."""
        return Doer(self.asked_kind, self.asked_by_id, self.asked_name)

    @property
    def decider(self) -> Doer | None:
        """Who approved, declined or withdrew; ``None`` while it is open."""
        return Doer(self.decided_kind, self.decided_by_id, self.decided_name) if self.decided_kind else None

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == "open"

    @property
    def seats(self) -> list[SeatsOfPlace]:
        """What is asked for in seats, place by place."""
        return seats_by_place(self.users, self.allocations)

    def is_of(self, actor: Actor) -> bool:
        """Whether ``actor`` has asked."""
        return actor.id is not None and self.asked_by_id == actor.id


def waiting_for(actor: Actor) -> dict[str, object]:
    """The values of :data:`WAITING`."""
    return {"decides": actor.holds("subscriptions"), "actor": actor.id}


def request_of(party: RequestParty, *, request_id: UUID) -> SeatRequest:
    """One request of the customer, or ``not_found``."""
    request = row_of(SeatRequest, _ONE, [party.customer.id, request_id])
    if request is None:
        raise not_found()
    return request


def note_answer_seen(party: RequestParty, *, request_id: UUID, at: datetime) -> None:
    """Notes that the one who asked has read the answer; nothing for everybody else."""
    ids = {"customer": party.customer.id, "request": request_id, "actor": party.actor.id, "at": at}
    run(_SEEN, ids)


def requests_of_customer(
    party: RequestParty, *, state: State | None = None, after: UUID | None = None, limit: int
) -> list[SeatRequest]:
    """The customer's requests, the newest first."""
    values: dict[str, object] = {"customer": party.customer.id, "state": state, "after": after, "limit": limit}
    return _list("r.customer_id = %(customer)s", values, newest_first=True)


def requests_of_scope(
    reader: RequestReader, *, state: State | None = None, after: UUID | None = None, limit: int
) -> list[SeatRequest]:
    """The requests of a scope, the newest first; open ones the oldest first, as they wait."""
    values: dict[str, object] = {"state": state, "after": after, "limit": limit}
    return _list(_scope(reader.actor, values), values, newest_first=state != "open")


def answered_requests(reader: RequestReader, *, after: UUID | None = None, limit: int) -> list[SeatRequest]:
    """The requests of a scope that are no longer open, the newest first."""
    values: dict[str, object] = {"state": None, "after": after, "limit": limit}
    return _list(f"{_scope(reader.actor, values)} AND r.state <> 'open'", values, newest_first=True)


def own_requests(reader: RequestReader, *, after: UUID | None = None, limit: int) -> list[SeatRequest]:
    """The requests that the actor itself has made, the newest first."""
    values: dict[str, object] = {"actor": reader.actor.id, "state": None, "after": after, "limit": limit}
    return _list("r.asked_by_id = %(actor)s", values, newest_first=True)


def _scope(actor: Actor, values: dict[str, object]) -> str:
    """Row level security leaves what is in the scope; a customer's own key leads the table's."""
    if actor.customer_id is None:
        return "true"
    values["customer"] = actor.customer_id
    return "r.customer_id = %(customer)s"


def _list(where: str, values: dict[str, object], *, newest_first: bool) -> list[SeatRequest]:
    conditions = [where]
    if values["state"] is not None:
        # Written out, so that the index of open requests serves.
        conditions.append("r.state = 'open'" if values["state"] == "open" else "r.state = %(state)s")
    if values["after"] is not None:
        conditions.append(f"r.id {'<' if newest_first else '>'} %(after)s::uuid")
    order = f"ORDER BY r.id{' DESC' if newest_first else ''} LIMIT %(limit)s"
    return rows_of(SeatRequest, f"SELECT {_COLUMNS} {_FROM} WHERE {' AND '.join(conditions)} {order}", values)
