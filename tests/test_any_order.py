"""Everything that people do with seats, in any order, by REST; what must hold, holds after every step (SPEC 3 to 5).

Who acts may be a customer's own administrator, who sees no money, or somebody of the partner, who pays. Time passes.
The profiles of ``tests/test_against_oracle.py`` choose how many orders are drawn.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import exists
from tests.api.client import Answer, ApiClient
from tests.cast import Cast, Customer, Site
from tests.comparison import check_rebuilt
from tests.ground import begin_anew
from tests.servers import Database
from tests.test_against_oracle import drawn

TYPES = ("voice", "uc", "cr")
# What may be said to somebody who asks for something in a wrong moment. Anything else is a fault of ours.
REFUSALS = {
    "above_limit",
    "already_decided",
    "below_use",
    "changed_meanwhile",
    "customer_expired",
    "email_in_use",
    "no_free_seat",
    "not_dearer",
    "not_found",
    "preview_outdated",
    "price_missing",
    "already_undone",
    "ends_with_period",
    "lowering_not_allowed",
    "role_missing",
    "still_active",
    "too_late",
    "users_not_created",
}
OVERSOLD = "SELECT 1 FROM balance WHERE used > allocated OR used > next_cycle"
MISCOUNTED = """
SELECT 1 FROM balance b
 WHERE used <> (SELECT count(*) FROM seat_user u
                 WHERE (u.customer_id, u.site_id, u.type_code) = (b.customer_id, b.site_id, b.type_code)
                   AND u.state = 'active')
"""
NOBODY_DID_IT = "SELECT 1 FROM journal_entry WHERE actor_id IS NULL AND actor_kind <> 'system'"
MONEY = re.compile(r'"(?:net|amount|unit_price|total|tax)": "')

places = st.tuples(st.integers(0, 1), st.sampled_from(TYPES))
counts = st.integers(0, 8)
askers = st.sampled_from(["administrator", "partner", "users_only"])


class Seats(RuleBasedStateMachine):
    """Two sites of a customer, three people, one clock."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        begin_anew(self.database)
        self.cast = Cast(self.database)
        self.customer: Customer = self.cast.brumes
        self.sites: list[Site] = [self.customer.site("Lyon"), self.customer.site("Eybens")]
        self.people: dict[str, ApiClient] = {
            "administrator": self.customer.administrator,
            "partner": self.cast.partner_administrator(self.cast.opaline),
            "users_only": self.cast.key("Users only", customer=self.customer.id, roles=["users"]),
        }
        self.users = 0
        self.day = date(2022, 9, 1)
        self.requests: list[str] = []
        self.exchanges: list[str] = []

    @initialize(quantities=st.lists(counts, min_size=3, max_size=3))
    def begin(self, quantities: list[int]) -> None:
        """Seats are needed from the start; the first site has some."""
        self.cast.clock(self.day.isoformat())
        self.sites[0].allocate(**dict(zip(TYPES, quantities, strict=True)))

    def say(self, who: str, method: str, path: str, body: Any = None, *, wrong: str = "") -> Answer:
        """Somebody asks; the answer is a success or a refusal that belongs to the trade.

        ``wrong`` is one more code that may come: for more seats than there are, or for the type that a user has.
        """
        answer = self.people[who].send(method, self.customer.path + path, body)
        assert answer.status < 500, answer.body
        assert answer.status < 400 or answer.code in REFUSALS | {wrong}, (method, path, body, answer.body)
        if who != "partner":
            assert not MONEY.search(str(answer.body).replace("'", '"')), answer.body
        return answer

    @rule(who=askers, changes=st.dictionaries(places, counts, min_size=1, max_size=3))
    def allocate(self, who: str, changes: dict[tuple[int, str], int]) -> None:
        """Quantities are changed; what the preview showed is confirmed."""
        asked = [{"site": self.sites[n].id, "type": code, "quantity": q} for (n, code), q in changes.items()]
        preview = self.say(who, "POST", "/allocation-changes/preview", {"changes": asked})
        if preview.status == 200:
            body = {"changes": asked, "digest": preview["effect"]["digest"]}
            done = self.say(who, "POST", "/allocation-changes", body)
            assert done.status == 201, done.body
            assert done["entries"] == preview["entries"]

    @rule(who=askers, site=st.integers(0, 1), code=st.sampled_from(TYPES), missing=st.booleans())
    def add_user(self, who: str, site: int, code: str, missing: bool) -> None:
        """A user comes, perhaps with a seat."""
        self.users += 1
        body = {
            "first_name": f"User {self.users}",
            "email": f"user{self.users}@example.org",
            "site": self.sites[site].id,
            "type": code,
            "allocate_missing": missing,
        }
        self.say(who, "POST", "/users", body)

    @precondition(lambda self: self.users)
    @rule(
        who=askers,
        place=places,
        nth=st.integers(0, 100),
        way=st.sampled_from(["", "allocate_missing", "exchange_seat"]),
    )
    def change_user(self, who: str, place: tuple[int, str], nth: int, way: str) -> None:
        """A user goes to another place."""
        if user := self.any_user(nth):
            site, code = place
            body = {"site": self.sites[site].id, "type": code} | ({way: True} if way else {})
            if way == "exchange_seat":
                del body["site"]
            self.say(who, "PATCH", f"/users/{user}", body, wrong="invalid")

    @rule(who=askers, nth=st.integers(0, 100))
    def remove_user(self, who: str, nth: int) -> None:
        """A user leaves."""
        if user := self.any_user(nth):
            self.say(who, "DELETE", f"/users/{user}")

    def any_user(self, nth: int) -> str | None:
        """The id of a user; ``None`` if nobody is there."""
        users = self.people["partner"].get(f"{self.customer.path}/users").items
        return str(users[nth % len(users)]["id"]) if users else None

    @rule(who=askers, site=st.integers(0, 1), types=st.permutations(TYPES), quantity=st.integers(1, 4))
    def exchange(self, who: str, site: int, types: list[str], quantity: int) -> None:
        """Seats of a type for seats of another one."""
        body = {"site": self.sites[site].id, "from": types[0], "to": types[1], "quantity": quantity}
        done = self.say(who, "POST", "/exchanges", body, wrong="invalid")
        if done.status == 201:
            self.exchanges.append(done.id)

    @precondition(lambda self: self.exchanges)
    @rule(who=askers, nth=st.integers(0, 100), quantity=st.integers(1, 4))
    def undo_exchange(self, who: str, nth: int, quantity: int) -> None:
        """An exchange is undone, in part or whole."""
        exchange = self.exchanges[nth % len(self.exchanges)]
        self.say(who, "POST", f"/exchanges/{exchange}/undo", {"quantity": quantity}, wrong="invalid")

    @rule(
        who=st.sampled_from(["administrator", "partner"]), place=places, count=st.integers(1, 3), missing=st.booleans()
    )
    def import_users(self, who: str, place: tuple[int, str], count: int, missing: bool) -> None:
        """A list of users comes: all of them, or none."""
        listed = []
        for _ in range(count):
            self.users += 1
            user = {"first_name": f"User {self.users}", "email": f"user{self.users}@example.org"}
            listed.append(user | {"site": self.sites[place[0]].id, "type": place[1]})
        before = self.count_users()
        body = {"users": listed, "allocate_missing": missing, "preview": False}
        asked = self.say(who, "POST", "/user-imports", body)
        if asked.status == 202:
            self.cast.work()
            done = self.say(who, "GET", f"/user-imports/{asked.id}")
            assert done["state"] in ("done", "ready", "failed"), done.body
            assert self.count_users() == before + (count if done["state"] == "done" else 0)

    def count_users(self) -> int:
        """How many users there are."""
        return len(self.people["partner"].everything(f"{self.customer.path}/users"))

    @rule(who=askers, place=places, users=st.integers(0, 2), seats=st.integers(0, 2))
    def request(self, who: str, place: tuple[int, str], users: int, seats: int) -> None:
        """Somebody asks for users and seats."""
        if not users + seats:
            return
        site, code = self.sites[place[0]].id, place[1]
        drafted = []
        for _ in range(users):
            self.users += 1
            email = f"user{self.users}@example.org"
            drafted.append({"first_name": f"User {self.users}", "email": email, "site": site, "type": code})
        wished = [{"site": site, "type": code, "seats": seats}] if seats else []
        asked = self.say(who, "POST", "/requests", {"users": drafted, "allocations": wished, "note": "Please"})
        if asked.status == 201:
            self.requests.append(asked.id)

    @precondition(lambda self: self.requests)
    @rule(who=askers, nth=st.integers(0, 100), verdict=st.sampled_from(["approve", "approve", "decline", "withdraw"]))
    def decide(self, who: str, nth: int, verdict: str) -> None:
        """A request is answered; a second answer is refused."""
        request = self.requests[nth % len(self.requests)]
        state = self.people["partner"].get(f"{self.customer.path}/requests/{request}")["state"]
        answer = self.say(
            who, "POST", f"/requests/{request}/{verdict}", {"reason": "No"} if verdict == "decline" else {}
        )
        if state != "open" and answer.code != "role_missing":
            assert answer.code == "already_decided"

    @rule(seats=st.none() | st.integers(0, 6), raises=st.booleans(), lowers=st.booleans())
    def limit(self, seats: int | None, raises: bool, lowers: bool) -> None:
        """The partner limits what the customer's own people may do."""
        body = {"seats_per_month": seats, "amount_per_month": None, "may_raise": raises, "may_lower": lowers}
        assert self.say("partner", "PUT", "/limits", body).status == 200

    @rule(term=st.sampled_from([1, 12, 36]))
    def set_term(self, term: int) -> None:
        """The term changes with the next period."""
        self.say("partner", "PATCH", "", {"term_months": term})

    @rule(end=st.booleans())
    def cancel(self, end: bool) -> None:
        """The customer ends with its period, or does not."""
        self.say("partner", "PATCH", "", {"cancel_at_end_of_period": end})

    @rule()
    def reactivate(self) -> None:
        """The customer is there again."""
        self.say("partner", "POST", "/reactivation")

    @rule(days=st.sampled_from([1, 3, 8, 20, 31]))
    def wait(self, days: int) -> None:
        """Time passes."""
        self.day += timedelta(days=days)
        self.cast.clock(self.day.isoformat())

    @rule()
    def bill(self) -> None:
        """The invoices of this month are issued."""
        self.cast.bill(self.day.replace(day=1).isoformat())

    @invariant()
    def nothing_is_oversold(self) -> None:
        """No more users than seats, today and from the next cycle on; each in a seat that is counted."""
        with acting(system("job"), "billing"):
            expired = exists("SELECT 1 FROM customer WHERE status <> 'active'")
            assert expired or not exists(OVERSOLD)
            assert not exists(MISCOUNTED)
            assert not exists(NOBODY_DID_IT)

    @invariant()
    def sums_are_what_was_recorded(self) -> None:
        """Balances and totals are the sums of the ledger and of the seat events."""
        check_rebuilt()


def test_in_any_order(database: Database) -> None:
    Seats.database = database
    # An order has few steps: to make it shorter still would take minutes.
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    orders = settings(drawn, max_examples=drawn.max_examples // 20, stateful_step_count=25, phases=phases)
    run_state_machine_as_test(Seats, settings=orders)
