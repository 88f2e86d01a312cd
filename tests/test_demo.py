"""The demo of ``make run``: built once on the test's database, its promises checked, its stacks synchronised."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import authenticate
from django.db import connection

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.scope import acting
from strapontin.customers.subscriptions import subscriptions_of
from strapontin.demo import people
from strapontin.demo.build import build_demo, sign_ins
from strapontin.demo.cast import ATLAS, CLINIC, COMETE, CUSTOMERS, GRENOBLE, MEYLAN, OPALINE, PARTNERS
from strapontin.demo.check import faults
from strapontin.demo.days import Days
from strapontin.demo.furnishing import NOBODY
from strapontin.demo.history import events
from strapontin.demo.population import Population, population
from strapontin.demo.stacks import addresses, simulators
from strapontin.organisation.settings import load
from strapontin.provider.defaults import seed_defaults
from strapontin.stacks.queries import Progress, synchronization
from strapontin.stacks.sync import execute_synchronization, request_synchronization
from strapontin.stacks.wazo.simulator import StackSimulator
from tests.answers import rows
from tests.servers import Database

# More would be felt by whoever runs `make run` for the first time.
MOST_STATEMENTS = 11_600


@dataclass(frozen=True)
class Demo:
    """A demo that was built, and at what price."""

    home: Path
    at: datetime
    statements: int
    database: Database

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What the superuser reads, whom no policy holds back."""
        with self.database.superuser() as reader:
            return reader.execute(sql.encode(), parameters).fetchall()


@pytest.fixture(scope="module")
def demo(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as ``make run`` builds it; the tests of this module leave no trace that another would meet."""
    database.empty()
    at = datetime.now(UTC)
    seed_defaults(at=at)
    home = tmp_path_factory.mktemp("demo")
    statements = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        simulators(home)
        build_demo(home=home, at=at)
    yield Demo(home, at, statements, database)
    database.empty()


def test_the_demo_keeps_what_it_promises(demo: Demo) -> None:
    assert faults(at=demo.at) == []


def test_building_it_stays_cheap(demo: Demo) -> None:
    assert demo.statements <= MOST_STATEMENTS


def test_the_check_finds_what_is_wrong(demo: Demo) -> None:
    with demo.database.superuser() as meddler:
        meddler.execute(
            "UPDATE balance SET used = used + 1 WHERE used > 0 AND site_id = (SELECT min(id::text)::uuid FROM site)"
        )
        found = faults(at=demo.at)
        meddler.execute(
            "UPDATE balance SET used = used - 1 WHERE used > 0 AND site_id = (SELECT min(id::text)::uuid FROM site)"
        )
    assert any("not the sum of its ledger" in fault for fault in found)
    assert any("not the sum of its sites" in fault for fault in found)
    assert faults(at=demo.at) == []


# -- the story -----------------------------------------------------------------------------------------


def test_history_names_people_and_lies_in_the_past(demo: Demo) -> None:
    kinds = dict(demo.rows("SELECT actor_kind, count(*) FROM ledger_entry GROUP BY 1"))
    assert set(kinds) == {"administrator"}
    nameless = "SELECT count(*) FROM ledger_entry e LEFT JOIN administrator a ON a.id = e.actor_id WHERE a.id IS NULL"
    assert demo.rows(nameless) == [(0,)]
    ((first, last),) = demo.rows("SELECT min(at), max(at) FROM journal_entry WHERE action <> 'price_list.create'")
    days = Days(demo.at)
    assert days.begins_on == first.astimezone(UTC).date()
    assert timedelta() <= demo.at - last < timedelta(days=2)


def test_the_journal_is_in_the_order_of_its_moments(demo: Demo) -> None:
    ((known, disordered),) = demo.rows(
        "SELECT count(*), count(*) FILTER (WHERE at < before - interval '1 minute')"
        " FROM (SELECT at, lag(at) OVER (ORDER BY id) AS before FROM journal_entry"
        # Two requests were asked yesterday, once the demo is there.
        " WHERE action NOT IN ('price_list.create', 'request.create')) AS j"
    )
    assert known > 1_000
    assert disordered == 0


def test_prices_follow_term_and_level(demo: Demo) -> None:
    prices = demo.rows(
        "SELECT DISTINCT q.term_months, p.name, x.list_price, x.unit_price FROM period_price x"
        " JOIN period q ON (q.customer_id, q.starts_on) = (x.customer_id, x.period_starts_on)"
        " JOIN partner p ON p.id = q.payer_id WHERE x.type_code = 'voice' AND x.list_price = 10"
    )
    assert {(term, payer, str(unit)) for term, payer, _, unit in prices} == {
        (1, OPALINE, "9.50"), (12, OPALINE, "8.55"), (36, OPALINE, "7.60"),
        (1, "Larkspur Voice", "9.00"), (12, "Larkspur Voice", "8.10"), (36, "Larkspur Voice", "7.20"),
    }  # fmt: skip


def test_the_parent_pays_for_the_sub_partner(demo: Demo) -> None:
    assert {name for (name,) in demo.rows("SELECT DISTINCT payer_name FROM invoice")} == {OPALINE, "Larkspur Voice"}
    comete = {c.client_id for c in CUSTOMERS if c.partner == COMETE}
    billed = demo.rows(
        "SELECT DISTINCT l.client_id FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE i.payer_name = %s",
        [OPALINE],
    )
    assert comete <= {client_id for (client_id,) in billed}
    assert not demo.rows("SELECT 1 FROM invoice_line WHERE client_id = 'C-20000'"), "not for resale"


def test_the_clinic_is_what_the_sign_ins_say(demo: Demo) -> None:
    clinic = _customer(demo, CLINIC)
    with acting(system("cli")):
        settings = load()
        seen = grants.customer(system("cli"), clinic)
        found = subscriptions_of(seen, settings=settings, at=demo.at)
    sites = {site.name: site for site in found.sites}
    voiron, grenoble = sites["Voiron, rééducation"], sites["Grenoble, siège"]
    crolles, meylan = sites["Crolles, laboratoire"], sites["Meylan, administration"]
    assert (voiron.of("voice").used, voiron.of("voice").allocated, voiron.of("voice").over) == (17, 15, 2)
    assert (grenoble.of("cr").used, grenoble.of("cr").remaining) == (6, 0)
    tenants = "SELECT unmapped, error_code FROM site_tenant WHERE site_id = %s"
    assert demo.rows(tenants, [grenoble.site_id])[0][0] == [{"id": 2, "count": 1}]
    assert crolles.of("uc").remaining == 0
    assert (meylan.of("voice").allocated, meylan.of("voice").next_cycle) == (12, 9)
    assert demo.rows(tenants, [meylan.site_id])[0][1] == "unreachable"
    assert meylan.synchronized_at is not None
    assert demo.at - meylan.synchronized_at > timedelta(days=3)
    assert seen.customer.pending_term_months == 36
    assert seen.customer.period_ends_on > Days(demo.at).today


# -- every day of the year -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2027, 3, 1, 0, 30, tzinfo=UTC),
        datetime(2027, 3, 31, 23, 30, tzinfo=UTC),
        datetime(2028, 2, 29, 11, 0, tzinfo=UTC),
        datetime(2026, 12, 31, 22, 59, tzinfo=UTC),
        datetime(2027, 10, 30, 23, 5, tzinfo=UTC),
    ],
)
def test_the_story_fits_any_day(moment: datetime) -> None:
    days = Days(moment)
    told = events(days)
    assert days.begins_on < days.enforced_from < days.billed_from < days.today
    assert days.enforced_from.weekday() == 1
    assert days.billed_from.day == 1
    assert told == sorted(told, key=lambda event: event.at)
    assert all(event.at <= moment for event in told)
    assert days.at(days.begins_on, datetime.min.time()) <= told[0].at
    assert [population(customer) for customer in CUSTOMERS] == [_anew(customer) for customer in CUSTOMERS]


def test_nobody_has_two_places() -> None:
    emails = [r.email for customer in CUSTOMERS for r in population(customer).residents]
    assert len(set(emails)) == len(emails)
    assert all(email.endswith(".example") for email in emails)
    assert len({customer.client_id for customer in CUSTOMERS}) == len(CUSTOMERS)


# -- people --------------------------------------------------------------------------------------------


def test_everybody_shown_may_sign_in(demo: Demo) -> None:
    assert len(people.SIGN_INS) >= 5
    for who in people.SIGN_INS:
        assert authenticate(request=None, email=who.email, password=who.password) is not None, who.email
    assert authenticate(request=None, email="yann@comete.example", password=people.PASSWORD) is None


def test_sign_ins_are_told_in_both_languages() -> None:
    french, english = sign_ins("fr"), sign_ins("en")
    assert len(french) == len(english) == 2 * len(people.SIGN_INS)
    for who in people.SIGN_INS:
        assert who.email.endswith(".example")
        assert who.role_fr and who.role_en and who.role_fr != who.role_en
        assert who.sentence_fr and who.sentence_en and who.sentence_fr != who.sentence_en
    for english_word in ("Sees", "seats", "Partner,", "Customer,", "management"):
        assert english_word not in "\n".join(french)
    for french_word in ("Voit", "sièges", "Partenaire", "Client,", "souscriptions"):
        assert french_word not in "\n".join(english)


@pytest.mark.parametrize("who", [people.MAUD, people.ORLA, people.SOLENE, people.THEO, people.HELENE])
def test_nobody_sees_beside_or_above(demo: Demo, who: people.Person) -> None:
    partner = who.partner or next(c.partner for c in CUSTOMERS if c.client_id == who.client_id)
    beside = {p.name for p in PARTNERS} - {OPALINE, COMETE} if partner == OPALINE else {OPALINE, COMETE}
    actor = _actor(demo, who)
    with acting(actor):
        partners = {found["name"] for found in rows("SELECT name FROM partner")}
        customers = {found["client_id"] for found in rows("SELECT client_id FROM customer")}
        lines = rows("SELECT DISTINCT client_id FROM invoice_line")
    assert not partners & beside
    below = {OPALINE, COMETE} if partner == OPALINE else {partner}
    expected = {who.client_id} if who.client_id else {c.client_id for c in CUSTOMERS if c.partner in below}
    assert (customers if not who.client_id else customers | {who.client_id}) == expected
    if who.client_id:
        assert partners == set()
        assert lines == []
    else:
        assert {line["client_id"] for line in lines} <= expected


# -- stacks --------------------------------------------------------------------------------------------


def test_ports_are_kept_and_a_taken_one_is_left(demo: Demo) -> None:
    first = simulators(demo.home)
    assert simulators(demo.home) == first
    port = int(first[0][first[0].index("--port") + 1])
    with StackSimulator(port=port):
        second = simulators(demo.home)
        assert int(second[0][second[0].index("--port") + 1]) != port
        assert second[1] == first[1]
    assert _stack_urls(demo) == addresses(demo.home)
    assert addresses(demo.home)[MEYLAN] == NOBODY


def test_synchronising_shows_the_differences_once(demo: Demo) -> None:
    clinic = _customer(demo, CLINIC)
    with _stacks(demo):
        first, second = _synchronize(clinic), _synchronize(clinic)
    assert (first.state, second.state) == ("partial", "partial")
    by_site = {reading.site_name: reading for reading in first.readings}
    assert by_site["Meylan, administration"].error_code == "unreachable"
    counts = {name: reading.differences.counts() for name, reading in by_site.items() if reading.state == "done"}
    assert len(counts) == 4
    assert [counts["Grenoble, siège"][kind] for kind in ("vanished", "other_type")] == [1, 1]
    assert [counts["Échirolles, imagerie"][kind] for kind in ("other_email", "unknown")] == [1, 0]
    assert by_site["Voiron, rééducation"].differences.unknown[0].name == "Inès Caradec"
    assert not any(counts["Crolles, laboratoire"].values())
    for reading in second.readings:
        assert not any(reading.differences.counts()[kind] for kind in ("unknown", "vanished", "other_type"))
    assert faults(at=demo.at) == []


def test_synchronising_everybody_else_is_quiet(demo: Demo) -> None:
    with _stacks(demo):
        for customer in CUSTOMERS:
            stacks = {stack for site in customer.sites for stack in site.stacks}
            if stacks and customer.client_id not in (CLINIC, "L-3048", "L-3004", "L-3035"):
                progress = _synchronize(_customer(demo, customer.client_id))
                assert progress.state == ("partial" if MEYLAN in stacks else "done")
                assert not any(any(reading.differences.counts().values()) for reading in progress.readings), (
                    customer.name
                )


def _anew(customer: Any) -> Population:
    return population.__wrapped__(customer)


def _customer(demo: Demo, client_id: str) -> UUID:
    ((found,),) = demo.rows("SELECT id FROM customer WHERE client_id = %s", [client_id])
    assert isinstance(found, UUID)
    return found


def _actor(demo: Demo, who: people.Person) -> Actor:
    ((id_, partner, customer),) = demo.rows(
        "SELECT id, partner_id, customer_id FROM administrator WHERE name = %s", [who.name]
    )
    return Actor(
        "administrator", id_, who.name, frozenset(who.roles), "screen", partner_id=partner, customer_id=customer
    )


def _stack_urls(demo: Demo) -> dict[str, str]:
    return dict(demo.rows("SELECT name, url FROM stack"))


class _stacks:  # noqa: N801  reads as a function
    """The demo's simulators, as the launcher starts them."""

    def __init__(self, demo: Demo) -> None:
        self._running = [_simulator(arguments) for arguments in simulators(demo.home)]
        assert {s.world.name for s in self._running} == {GRENOBLE, ATLAS}

    def __enter__(self) -> None:
        for simulator in self._running:
            simulator.start()

    def __exit__(self, *_: object) -> None:
        for simulator in self._running:
            simulator.stop()


def _simulator(arguments: Sequence[str]) -> StackSimulator:
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    return StackSimulator(name=given["--name"], port=int(given["--port"]), state_file=Path(given["--state"]))


def _synchronize(customer_id: UUID) -> Progress:
    job = system("job")

    def clock() -> tuple[Any, datetime]:
        settings = load()
        return settings, settings.now()

    with acting(job):
        sync_id, new = request_synchronization(grants.customer(job, customer_id), at=datetime.now(UTC))
    assert new
    execute_synchronization(customer_id=customer_id, synchronization_id=sync_id, clock=clock)
    with acting(job):
        return synchronization(grants.customer(job, customer_id), synchronization_id=sync_id)
