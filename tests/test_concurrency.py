"""Many people at one customer at once: no seat is sold twice, and every figure is what was recorded (SPEC 4, 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from threading import Thread
from uuid import UUID, uuid4

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.grants import UserManager
from strapontin.access.scope import acting
from strapontin.allocations.exchanges import apply_exchange, undo_exchange, undoable
from strapontin.allocations.openings import bring_to
from strapontin.allocations.operations import apply_changes
from strapontin.allocations.rules import Change, Exchange
from strapontin.billing.runs import execute_run
from strapontin.refusals import Refusal
from strapontin.seats.bulk import BulkChange, change_users
from strapontin.seats.claims import NewUser
from strapontin.seats.operations import change_user, create_user, remove_user
from tests.answers import rows
from tests.comparison import check_numbers, check_rebuilt
from tests.concurrently import together
from tests.oracle.stage import moment
from tests.reading import issued_invoices, reading
from tests.replay import Replay, lived
from tests.servers import Database
from tests.story import Story

TYPES = ("voice", "uc")
BEFORE, AFTER = moment("2023-01-31 23:50"), moment("2023-02-01 00:10")
EXPECTED_REFUSALS = {"below_use", "no_free_seat", "not_found", "not_dearer", "invalid", "already_undone", "users_gone"}


class Somebody:
    """One of those who work at the customer at the same time; draws what to do next."""

    def __init__(self, replay: Replay, number: int, at: datetime) -> None:
        self.replay, self.random, self.at = replay, Random(number), at  # noqa: S311  drawn again alike
        self.customer, self.sites = replay.customers["c"], list(replay.sites["c"].values())
        self.actor = system("api")
        self.did: Counter[str] = Counter()

    def work(self, times: int = 20) -> None:
        """Does so many things; only refusals that belong to the trade may come."""
        acts: list[Callable[[], None]] = [self.claim, self.leave, self.ask, self.change, self.bring]
        acts += [self.exchange, self.undo, self.many]
        for _ in range(times):
            act = self.random.choices(acts, weights=(2, 1, 2, 1, 1, 1, 1, 2))[0]
            self.at += timedelta(milliseconds=1)
            try:
                with acting(self.actor):
                    act()
                self.did[act.__name__] += 1
            except Refusal as refusal:
                assert refusal.code in EXPECTED_REFUSALS
                self.did[refusal.code] += 1

    def place(self) -> tuple[UUID, str]:
        """Any site and type."""
        return self.random.choice(self.sites), self.random.choice(TYPES)

    def claim(self) -> None:
        """A user more, sometimes with its seat."""
        grant = grants.user_manager(self.actor, self.customer)
        new = NewUser(*self.place(), "Claude", email=f"{uuid4().hex}@example.com")
        missing = self.random.random() < 0.3
        create_user(grant, new=new, settings=self.replay.settings, at=self.at, allocate_missing=missing)

    def somebody(self) -> UUID:
        """A user who was there a moment ago."""
        found = rows("SELECT id FROM seat_user WHERE customer_id = %s AND state = 'active'", [self.customer])
        user: UUID = self.random.choice(found)["id"] if found else uuid4()
        return user

    def leave(self) -> None:
        """A user less."""
        grant = grants.user_manager(self.actor, self.customer)
        remove_user(grant, user_id=self.somebody(), settings=self.replay.settings, at=self.at)

    def change(self) -> None:
        """A user gets another place."""
        grant = grants.user_manager(self.actor, self.customer)
        site, type_code = self.place()
        exchanges = self.random.random() < 0.3
        change_user(
            grant,
            user_id=self.somebody(),
            changes={"type_code": "uc"} if exchanges else {"site_id": site, "type_code": type_code},
            settings=self.replay.settings,
            at=self.at,
            allocate_missing=not exchanges and self.random.random() < 0.5,
            exchange_seat=exchanges,
        )

    def exchange(self) -> None:
        """Seats become seats of the dearer type."""
        grant = grants.allocation_manager(self.actor, self.customer)
        exchange = Exchange(self.random.choice(self.sites), "voice", "uc", self.random.randint(1, 3))
        apply_exchange(grant, exchange=exchange, settings=self.replay.settings, at=self.at)

    def undo(self) -> None:
        """The latest exchange is undone, in whole or in part."""
        grant = grants.allocation_manager(self.actor, self.customer)
        left = undoable(grant, settings=self.replay.settings, at=self.at)
        seats = self.random.choice((None, 1))
        exchange = left[0].id if left else uuid4()
        undo_exchange(grant, exchange_id=exchange, seats=seats, settings=self.replay.settings, at=self.at)

    def ask(self) -> None:
        """Other quantities, on one to three places: raises, lowerings, hand-backs and moves."""
        grant = grants.allocation_manager(self.actor, self.customer)
        places = list(dict.fromkeys(self.place() for _ in range(self.random.randint(1, 3))))
        changes = [Change(site, type_code, self.random.randint(0, 8)) for site, type_code in places]
        apply_changes(grant, changes=changes, settings=self.replay.settings, at=self.at)

    def many(self) -> None:
        """Some users get another place, or leave, at once."""
        grant = grants.user_manager(self.actor, self.customer)
        site, type_code = self.place()
        users = tuple({self.somebody() for _ in range(self.random.randint(2, 5))})
        change = self.random.choice(
            [
                BulkChange(users, "move", site_id=site),
                BulkChange(users, "change_type", type_code=type_code),
                BulkChange(users[:2], "remove"),
            ]
        )
        missing = self.random.random() < 0.3
        change_users(grant, change=change, settings=self.replay.settings, at=self.at, allocate_missing=missing)

    def bring(self) -> None:
        """The daily job passes by."""
        bring_to(self.replay.settings.day(self.at), at=self.at)


def check_nothing_oversold(replay: Replay) -> None:
    """No more users than seats, today and from the next cycle on; as many users as seats in use."""
    with reading(replay.customers["c"]):
        oversold = rows(
            "SELECT * FROM balance WHERE customer_id = %s AND used > least(allocated, next_cycle)",
            [replay.customers["c"]],
        )
        miscounted = rows(
            "SELECT * FROM balance b WHERE customer_id = %s AND used <> (SELECT count(*) FROM seat_user u"
            " WHERE u.customer_id = b.customer_id AND u.site_id = b.site_id AND u.type_code = b.type_code"
            " AND u.state = 'active')",
            [replay.customers["c"]],
        )
    assert (oversold, miscounted) == ([], [])


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_oversold_whoever_comes_first(database: Database, seed: int) -> None:
    """In the last minutes of a month, and then in the first of the next, when lowerings take effect."""
    replay = lived(database, Story().customer("2023-01-01", seats=6).ask("2023-01-02 10:00", ("b", "uc", 6)).history)
    did: Counter[str] = Counter()
    for at in (BEFORE, AFTER):
        people = [Somebody(replay, seed * 100 + n, at) for n in range(6)]
        together(*(person.work for person in people))
        check_nothing_oversold(replay)
        check_rebuilt()
        did += sum((person.did for person in people), Counter())
    assert {"claim", "leave", "ask", "change", "bring", "many", "exchange", "undo", "no_free_seat"} <= did.keys(), did


def test_the_last_seat_is_sold_once(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=3).history)
    people = [Somebody(replay, n, BEFORE) for n in range(8)]
    sold: list[str] = []

    def claim(person: Somebody) -> None:
        new = NewUser(replay.sites["c"]["a"], "voice", "Claude", email=f"{uuid4().hex}@example.com")
        try:
            with acting(person.actor):
                grant = grants.user_manager(person.actor, person.customer)
                create_user(grant, new=new, settings=replay.settings, at=BEFORE)
            sold.append("sold")
        except Refusal as refusal:
            sold.append(refusal.code)

    together(*(partial(claim, person) for person in people))
    assert Counter(sold) == {"sold": 3, "no_free_seat": 5}
    check_nothing_oversold(replay)
    check_rebuilt()


def test_seats_handed_back_twice_at_once_are_handed_back_once(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=10).voice("2023-01-31 10:00", 13).history)
    actor = system("api")

    def hand_back(site: str) -> None:
        with acting(actor):
            grant = grants.allocation_manager(actor, replay.customers["c"])
            change = Change(replay.sites["c"][site], "voice", 10 if site == "a" else 0)
            apply_changes(grant, changes=[change], settings=replay.settings, at=BEFORE)

    together(*(partial(hand_back, "a") for _ in range(4)))
    with reading(replay.customers["c"]):
        found = rows("SELECT kind, sum(delta) AS seats FROM ledger_entry GROUP BY kind ORDER BY kind")
    assert [(e["kind"], e["seats"]) for e in found] == [("hand_back", -3), ("raise", 13)]
    check_rebuilt()


def test_an_exchange_beside_claims_on_both_types(database: Database) -> None:
    """Ten users want the six Voice seats and those that an exchange makes of them: no seat is two users'."""
    replay = lived(database, Story().customer("2023-01-01", seats=6).history)
    people = [Somebody(replay, n, BEFORE) for n in range(10)]
    site, done = replay.sites["c"]["a"], Counter[str]()

    def claim(person: Somebody, type_code: str) -> None:
        new = NewUser(site, type_code, "Claude", email=f"{uuid4().hex}@example.com")
        act(lambda grant: create_user(grant, new=new, settings=replay.settings, at=BEFORE), type_code)

    def exchange() -> None:
        wanted = Exchange(site, "voice", "uc", 1)
        act(
            lambda grant: apply_exchange(
                grant.allocation_manager(), exchange=wanted, settings=replay.settings, at=BEFORE
            ),
            "exchange",
        )

    def act(do: Callable[[UserManager], object], what: str) -> None:
        actor = system("api")
        try:
            with acting(actor):
                do(grants.user_manager(actor, replay.customers["c"]))
            done[what] += 1
        except Refusal as refusal:
            done[refusal.code] += 1

    claims = [partial(claim, person, "uc" if n % 2 else "voice") for n, person in enumerate(people)]
    together(*claims, *[exchange] * 4)
    assert done.keys() <= {"voice", "uc", "exchange", "no_free_seat", "below_use"}
    assert sum(done.values()) == 14
    assert done["voice"] + done["exchange"] <= 6
    assert done["uc"] <= done["exchange"]
    check_nothing_oversold(replay)
    check_rebuilt()


def test_an_exchange_undone_twice_at_once_is_undone_once(database: Database) -> None:
    story = Story().customer("2023-01-01", seats=6).exchange("2023-01-31 10:00", 3)
    replay, actor = lived(database, story.history), system("api")
    told: list[str] = []

    def undo() -> None:
        try:
            with acting(actor):
                grant = grants.allocation_manager(actor, replay.customers["c"])
                settings = replay.settings
                exchanged = undoable(grant, settings=settings, at=BEFORE)
                for exchange in exchanged:
                    undo_exchange(grant, exchange_id=exchange.id, settings=settings, at=BEFORE)
            told.append("undone" if exchanged else "nothing")
        except Refusal as refusal:
            told.append(refusal.code)

    together(*[undo] * 4)
    assert told.count("undone") == 1
    assert set(told) <= {"undone", "nothing", "already_undone"}
    check_rebuilt()


def test_a_stack_and_people_at_once(database: Database) -> None:
    """A synchronisation may oversell; it may not miscount."""
    replay = lived(database, Story().customer("2023-01-01", seats=6, used=4).history)
    people = [Somebody(replay, 900 + n, BEFORE) for n in range(4)]

    def synchronize() -> None:
        for n in range(8):
            replay.play(Story().stack("2023-01-31 23:55", 3 + n % 4).events[0])

    together(*(person.work for person in people), synchronize)
    check_rebuilt()


def test_what_changes_during_a_run_is_billed_by_the_next(database: Database) -> None:
    """Whatever a run did not see, because it was not committed yet or came after the cut: each day is billed once."""
    replay = lived(database, Story().customer("2023-01-01", seats=6).ask("2023-01-02 10:00", ("b", "uc", 6)).history)
    people = [Somebody(replay, 700 + n, AFTER) for n in range(3)]
    first = replay.request_run(date(2023, 2, 1), AFTER)

    def bill() -> None:
        execute_run(run_id=first, settings=replay.settings, at=AFTER + timedelta(milliseconds=5))

    def look() -> None:
        replay.preview_run(date(2023, 3, 1), AFTER)

    together(*(person.work for person in people), bill, bill, look)
    replay.billing_run(date(2023, 2, 2), moment("2023-02-02 10:00"))
    check_rebuilt()
    check_numbers(one.number for one in issued_invoices())
    invoiced: Counter[tuple[str, date]] = Counter()
    for line in (line for one in issued_invoices() for line in one.invoice.lines):
        for n in range(line.days):
            invoiced[line.type, line.start + timedelta(days=n)] += line.quantity
    for day in (date(2023, 1, 1) + timedelta(days=n) for n in range(59)):
        shown = replay.figures("c", moment("2023-02-02 10:00"), day)
        for total in shown.types:
            assert invoiced[total.type_code, day] == total.allocated, (total.type_code, day)


def test_a_change_of_type_locks_totals_in_the_order_of_types(database: Database) -> None:
    """As synchronisations do, so that neither holds what the other waits for."""
    story = Story().customer("2023-01-01", seats=10).stack("2023-01-02 10:00", 1, type_code="uc")
    replay = lived(database, story.history)
    customer, actor, at = replay.customers["c"], system("api"), moment("2023-01-20 10:00")
    user = replay.users("c", "a", "uc")[0].id

    def change() -> None:
        with acting(actor):
            grant = grants.user_manager(actor, customer)
            change_user(grant, user_id=user, changes={"type_code": "voice"}, settings=replay.settings, at=at)

    lock = "SELECT 1 FROM customer_total WHERE customer_id = %s AND type_code = %s FOR NO KEY UPDATE"
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with database.superuser() as first, database.superuser() as other:
        first.execute("BEGIN")
        first.execute(lock, [customer, "uc"])
        changing = Thread(target=together, args=[change])
        changing.start()
        while other.execute(waiting).fetchone() is None:
            assert changing.is_alive()
        other.execute(f"{lock} NOWAIT", [customer, "voice"])
        first.execute("ROLLBACK")
        changing.join(30)
    check_rebuilt()
    assert len(replay.users("c", "a", "voice")) == 1
