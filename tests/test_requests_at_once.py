"""Requests answered by several at once: one answer counts, and no seat is sold twice (SPEC 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.operations import ScopeGiven
from strapontin.access.scope import acting
from strapontin.demo.furnishing import Furnisher
from strapontin.organisation.settings import load
from strapontin.refusals import Refusal
from strapontin.requests import operations
from strapontin.requests.drafts import NewRequest
from strapontin.requests.rules import AskedSeats
from strapontin.seats.claims import NewUser
from strapontin.seats.operations import create_user
from tests.cast import FURNISHER, Cast
from tests.concurrently import together
from tests.servers import Database

pytestmark = pytest.mark.usefixtures("cast")


class Office:
    """A site without a free seat, somebody who asks, and those who may answer."""

    def __init__(self, cast: Cast) -> None:
        cast.clock("2022-11-15")
        self.site = cast.brumes.site()
        assert self.site.allocate(voice=1).status == 201
        self.site.add_users(1)
        self.customer, self.site_id = UUID(cast.brumes.id), UUID(self.site.id)
        scope = ScopeGiven(customer_id=self.customer)
        self.asker = FURNISHER.make_administrator("Théo", "theo@example.org", scope, roles=["users"])
        with acting(system()):
            self.settings = load()
        self.told: Counter[str] = Counter()

    def ask(self, *names: str, seats: int = 0) -> UUID:
        """A request for these users, or for seats."""
        users = [NewUser(self.site_id, "voice", name, email=f"{name.lower()}@example.org") for name in names]
        alone = [AskedSeats(self.site_id, "voice", seats)] if seats else []
        return Furnisher(actor=self.asker).ask(self.customer, NewRequest(users, alone))

    def answer(self, work: Callable[[], object], actor: Actor | None = None) -> Callable[[], None]:
        """Does the work in a transaction of its own, and counts what came of it."""

        def answered() -> None:
            try:
                with acting(actor or system("api")):
                    work()
                self.told["done"] += 1
            except Refusal as refusal:
                self.told[refusal.code] += 1

        return answered

    def approve(self, request: UUID) -> Callable[[], None]:
        """Somebody accepts."""
        at = self.settings.now()
        return self.answer(
            lambda: operations.approve(
                grants.allocation_manager(system("api"), self.customer),
                request_id=request,
                settings=self.settings,
                at=at,
            )
        )

    def withdraw(self, request: UUID) -> Callable[[], None]:
        """The one who asked takes it back."""
        at = self.settings.now()
        return self.answer(
            lambda: operations.withdraw(grants.request_party(self.asker, self.customer), request_id=request, at=at),
            self.asker,
        )

    def decline(self, request: UUID) -> Callable[[], None]:
        """Somebody declines."""
        at = self.settings.now()
        return self.answer(
            lambda: operations.decline(
                grants.allocation_manager(system("api"), self.customer), request_id=request, reason="Non", at=at
            )
        )

    def add(self, name: str) -> Callable[[], None]:
        """Somebody adds a user with its seat."""
        new, at = NewUser(self.site_id, "voice", name), self.settings.now()
        return self.answer(
            lambda: create_user(
                grants.user_manager(system("api"), self.customer),
                new=new,
                settings=self.settings,
                at=at,
                allocate_missing=True,
            )
        )


@pytest.fixture
def office(cast: Cast) -> Office:
    """A site without a free seat."""
    return Office(cast)


def states(db: Database) -> list[str]:
    """The states of all requests."""
    with db.superuser() as connection:
        return [state for (state,) in connection.execute("SELECT state FROM seat_request ORDER BY id").fetchall()]


def test_two_who_accept_at_once(office: Office, db: Database) -> None:
    for number in range(4):
        request = office.ask(f"Zoe{number}")
        together(office.approve(request), office.approve(request))
    assert office.told == {"done": 4, "already_decided": 4}
    assert states(db) == ["approved"] * 4
    figures = office.site.figures()
    assert (figures["allocated"], figures["used"]) == (5, 5)


def test_without_its_guard_a_request_would_be_answered_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault is planted, so that the tests above are known to see it."""
    request = office.ask("Zoe")
    office.decline(request)()
    unguarded = operations._DECIDE.replace(" AND state = 'open'", "")
    assert unguarded != operations._DECIDE
    monkeypatch.setattr(operations, "_DECIDE", unguarded)
    office.decline(request)()
    assert office.told == {"done": 2}


def test_accepting_beside_withdrawing_and_declining(office: Office, db: Database) -> None:
    for number in range(5):
        request = office.ask(f"Zoe{number}")
        together(office.approve(request), office.withdraw(request), office.decline(request))
    assert office.told == {"done": 5, "already_decided": 10}
    accepted = states(db).count("approved")
    figures = office.site.figures()
    assert (figures["allocated"], figures["used"]) == (1 + accepted, 1 + accepted), "nothing is half done"


def test_accepting_beside_those_who_add_users(office: Office) -> None:
    requests = [office.ask(f"Zoe{number}", f"Luc{number}") for number in range(3)]
    seats = office.ask(seats=2)
    adding = [office.add(f"Noe{number}") for number in range(3)]
    together(*(office.approve(request) for request in (*requests, seats)), *adding)
    assert office.told == {"done": 7}
    figures = office.site.figures()
    assert figures["used"] == 1 + 6 + 3
    assert figures["allocated"] >= figures["used"], "no seat is sold twice"
    ledger = office.site.customer.by.everything(f"{office.site.customer.path}/ledger")
    assert sum(entry["delta"] for entry in ledger) == figures["allocated"]


def test_the_same_request_sent_twice_at_once_is_one(office: Office, db: Database) -> None:
    def ask_again() -> None:
        office.ask("Zoe")

    together(*[ask_again] * 3)
    assert states(db) == ["open"]
