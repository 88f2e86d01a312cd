"""The effect of a change before it is confirmed: to the cent, by the code that bills (SPEC 4), on a real database."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings as environment
from django.test import override_settings
from django.utils.crypto import salted_hmac

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.scope import acting
from strapontin.allocations.rules import Change
from strapontin.billing.effects import (
    Effect,
    NextInvoice,
    confirm_changes,
    confirm_for_users,
    next_invoice_date,
    preview_changes,
    preview_for_users,
)
from strapontin.billing.taxes import taxes_on
from strapontin.kit.database import values_of
from strapontin.kit.money import to_cent
from strapontin.refusals import Refusal
from tests.concurrently import together
from tests.oracle.histories import CreateCustomer
from tests.oracle.model import Partner
from tests.oracle.stage import moment, price_list
from tests.reading import issued_invoices, written
from tests.replay import Replay, lived
from tests.servers import Database
from tests.story import WITH_CR, Story

D = date.fromisoformat
Wanted = Sequence[tuple[str, str, int]]
PROVIDER, PARTNER, CUSTOMER = range(3)


def who(replay: Replay, turn: int, customer: str = "c") -> Actor:
    """The provider, the partner or the customer's own administrator."""
    replay.events = turn
    return replay.actor(customer)


def changes(replay: Replay, wanted: Wanted, customer: str = "c") -> list[Change]:
    """Sites by their letter."""
    return [Change(replay.sites[customer][site], type_code, seats) for site, type_code, seats in wanted]


def preview(replay: Replay, at: str, *wanted: tuple[str, str, int], turn: int = PROVIDER) -> Effect:
    """What a request would do."""
    actor = who(replay, turn)
    with acting(actor):
        grant = grants.allocation_manager(actor, replay.customers["c"])
        return preview_changes(grant, changes=changes(replay, wanted), settings=replay.settings, at=moment(at))


def confirm(
    replay: Replay, at: str, *wanted: tuple[str, str, int], digest: str | None = None, turn: int = PROVIDER
) -> Effect:
    """Does it."""
    actor = who(replay, turn)
    with acting(actor):
        grant = grants.allocation_manager(actor, replay.customers["c"])
        return confirm_changes(
            grant, changes=changes(replay, wanted), settings=replay.settings, at=moment(at), digest=digest
        )


def lines(effect: Effect) -> list[str]:
    """The lines of the next invoice, short."""
    assert effect.next_invoice is not None
    return [
        f"{line.quantity} × {line.unit_price} × {line.months} × {line.days}/{line.period_days} = {line.amount}"
        for line in effect.next_invoice.lines
    ]


def everything(replay: Replay) -> list[object]:
    """Every row that a change would write."""
    with acting(system("job"), "billing"):
        tables = ("balance", "customer_total", "ledger_entry", "journal_entry", "period", "period_price", "customer")
        return [values_of(str, f"SELECT {table}::text FROM {table} ORDER BY 1") for table in tables]


def ten_seats(database: Database) -> Replay:
    """Ten Voice seats, invoiced on 2023-01-01."""
    return lived(database, Story().customer("2023-01-01", seats=10).run("2023-01-01", "20:00").history)


def test_a_raise_shows_the_prorated_line_and_the_next_month(database: Database) -> None:
    """Worked example 3, before it is confirmed."""
    effect = preview(ten_seats(database), "2023-01-20 10:00", ("a", "voice", 13))
    assert lines(effect) == ["3 × 10.00 × 1 × 12/31 = 11.61", "13 × 10.00 × 1 × 28/28 = 130.00"]
    invoice = effect.next_invoice
    assert invoice is not None
    assert (invoice.date, invoice.currency) == (D("2023-02-01"), "EUR")
    assert (invoice.net, invoice.tax, invoice.total) == (Decimal("141.61"), Decimal("28.32"), Decimal("169.93"))
    assert effect.without is not None
    assert (effect.without.net, effect.without.total) == (Decimal("100.00"), Decimal("120.00"))


def test_a_hand_back_shows_the_credit(database: Database) -> None:
    replay = ten_seats(database)
    replay.play(Story().voice("2023-01-20 10:00", 13).events[0])
    replay.billing_run(D("2023-01-21"), moment("2023-01-21 09:00"))
    effect = preview(replay, "2023-01-22 10:00", ("a", "voice", 9))
    assert lines(effect) == ["-3 × 10.00 × 1 × 10/31 = -9.68", "9 × 10.00 × 1 × 28/28 = 90.00"]
    assert [(e.kind, e.delta) for e in effect.entries] == [("hand_back", -3), ("lower", -1)]


def test_a_preview_changes_nothing(database: Database) -> None:
    replay = ten_seats(database)
    before = everything(replay)
    preview(replay, "2023-01-20 10:00", ("a", "voice", 13), ("b", "uc", 2))
    # A year later: the periods that have begun meanwhile are opened by writes, not by looking.
    preview(replay, "2024-03-20 10:00", ("a", "voice", 3))
    assert everything(replay) == before


def test_a_preview_refuses_what_would_be_refused(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=10, used=7).history)
    for attempt in (preview, confirm):
        with pytest.raises(Refusal) as refusal:
            attempt(replay, "2023-01-20 10:00", ("a", "voice", 6))
        assert (refusal.value.code, refusal.value.facts["in_the_way"]) == ("below_use", 1)


@pytest.mark.parametrize("turn", [PROVIDER, PARTNER, CUSTOMER])
def test_a_confirmation_does_exactly_what_was_shown(database: Database, turn: int) -> None:
    replay = ten_seats(database)
    shown = preview(replay, "2023-01-20 10:00", ("a", "voice", 8), ("b", "voice", 5), turn=turn)
    done = confirm(replay, "2023-01-20 10:00", ("a", "voice", 8), ("b", "voice", 5), turn=turn, digest=shown.digest)
    assert done == shown
    entries = written(replay.customers["c"], moment("2023-01-20 10:00"))
    assert sorted((entry.kind, entry.delta) for entry in entries) == sorted((e.kind, e.delta) for e in shown.entries)


def test_below_the_payer_no_money_is_shown(database: Database) -> None:
    replay = ten_seats(database)
    effects = [preview(replay, "2023-01-20 10:00", ("a", "voice", 13), turn=turn) for turn in range(3)]
    assert [effect.next_invoice is None for effect in effects] == [False, False, True]
    assert [effect.without is None for effect in effects] == [False, False, True]
    assert len({effect.digest for effect in effects}) == 1, "the digest covers what is not shown, too"


def test_a_partner_below_the_payer_sees_no_money(database: Database) -> None:
    partners = (Partner("top"), Partner("p", parent="top", payer=False))
    replay = lived(database, Story(partners=partners).customer("2023-01-01", seats=10).history)
    assert preview(replay, "2023-01-20 10:00", ("a", "voice", 13), turn=PARTNER).next_invoice is None
    assert preview(replay, "2023-01-20 10:00", ("a", "voice", 13), turn=PROVIDER).next_invoice is not None


# -- what a digest tells ------------------------------------------------------------------------------


def at_price(invoice: NextInvoice, price: Decimal) -> NextInvoice:
    """The invoice as it would be at another unit price: all that a reader without prices has to guess."""
    lines = []
    for line in invoice.lines:
        amount = to_cent(line.quantity * price * line.months * line.days / line.period_days)
        lines.append(replace(line, unit_price=price, amount=amount))
    net = sum((line.amount or Decimal(0) for line in lines), Decimal("0.00"))
    taxes = taxes_on(net, [tax.rule for tax in invoice.taxes])
    tax_sum = sum((tax.amount for tax in taxes), Decimal("0.00"))
    return replace(invoice, lines=lines, net=net, taxes=taxes, tax=tax_sum, total=net + tax_sum)


def covered(effect: Effect, invoice: NextInvoice) -> str:
    """What a digest covers, as the public source writes it."""
    entries = [[e.site_id, e.type_code, e.kind, e.effective_on, e.delta, e.quantity_after] for e in effect.entries]
    lines = [asdict(line) for line in invoice.lines]
    facts = {"entries": entries, "date": invoice.date, "lines": lines, "total": invoice.total}
    return json.dumps(facts, default=str, sort_keys=True)


def prices_found(effect: Effect, digest: str, hashed: Callable[[str], str]) -> list[Decimal]:
    """The prices from 8.00 to 12.00 with which ``hashed`` gives the digest."""
    assert effect.next_invoice is not None
    candidates = [Decimal(cents).scaleb(-2) for cents in range(800, 1201)]
    return [c for c in candidates if hashed(covered(effect, at_price(effect.next_invoice, c)))[:32] == digest]


def with_key(key: str) -> Callable[[str], str]:
    """The product's way of hashing."""
    return lambda text: salted_hmac("strapontin.billing.effects", text, secret=key, algorithm="sha256").hexdigest()


def test_a_digest_gives_away_no_price(database: Database) -> None:
    """A customer knows its seats, the days and the public source; the partner's price stays hidden (SPEC 3)."""
    replay = ten_seats(database)
    shown = preview(replay, "2023-01-20 10:00", ("a", "voice", 13), turn=CUSTOMER)
    truth = preview(replay, "2023-01-20 10:00", ("a", "voice", 13), turn=PROVIDER)
    assert prices_found(truth, shown.digest, lambda text: sha256(text.encode()).hexdigest()) == []
    assert prices_found(truth, shown.digest, with_key("")) == []
    assert prices_found(truth, shown.digest, with_key(environment.SECRET_KEY)) == [Decimal("10.00")], "a real attack"


def test_a_digest_outlives_a_change_of_the_secret_key(database: Database) -> None:
    replay = ten_seats(database)
    wanted = ("a", "voice", 13)
    with override_settings(SECRET_KEY="first"):
        shown = preview(replay, "2023-01-20 10:00", wanted)
        assert preview(replay, "2023-01-20 10:00", wanted) == shown
    with override_settings(SECRET_KEY="second"):
        assert outdated(replay, "2023-01-20 10:00", shown.digest).digest != shown.digest
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=["zero", "first"]):
        assert outdated(replay, "2023-01-20 10:00", "é" * 32).digest != shown.digest
        confirm(replay, "2023-01-20 10:00", wanted, digest=shown.digest)
    assert [entry.delta for entry in written(replay.customers["c"], moment("2023-01-20 10:00"))] == [3]


def test_a_user_with_a_seat_is_confirmed_after_a_change_of_the_secret_key(database: Database) -> None:
    replay = ten_seats(database)
    actor, at = who(replay, PARTNER), moment("2023-01-20 10:00")
    seats: dict[str, Any] = {
        "place": (replay.sites["c"]["a"], "voice"),
        "seats": 11,
        "settings": replay.settings,
        "at": at,
    }
    with override_settings(SECRET_KEY="first"), acting(actor):
        shown = preview_for_users(grants.user_manager(actor, replay.customers["c"]), **seats)
    with override_settings(SECRET_KEY="second"), acting(actor), pytest.raises(Refusal, match="preview_outdated"):
        confirm_for_users(grants.user_manager(actor, replay.customers["c"]), digest=shown.digest, **seats)
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=["first"]), acting(actor):
        grant = grants.user_manager(actor, replay.customers["c"])
        assert confirm_for_users(grant, digest=shown.digest, **seats).entries == shown.entries


# -- what may happen in between -------------------------------------------------------------------------


def outdated(replay: Replay, at: str, digest: str) -> Effect:
    """A confirmation of 13 is refused; what it would do now."""
    before = everything(replay)
    with pytest.raises(Refusal) as refusal:
        confirm(replay, at, ("a", "voice", 13), digest=digest)
    assert refusal.value.code == "preview_outdated"
    assert everything(replay) == before
    fresh = refusal.value.facts["fresh"]
    assert isinstance(fresh, Effect)
    return fresh


def test_somebody_else_was_quicker(database: Database) -> None:
    replay = ten_seats(database)
    shown = preview(replay, "2023-01-20 10:00", ("a", "voice", 13))
    replay.play(Story().voice("2023-01-20 10:01", 11).events[0])
    fresh = outdated(replay, "2023-01-20 10:02", shown.digest)
    assert [(e.kind, e.delta) for e in fresh.entries] == [("raise", 2)]
    assert confirm(replay, "2023-01-20 10:03", ("a", "voice", 13), digest=fresh.digest) == fresh


def test_a_day_later_it_costs_less(database: Database) -> None:
    replay = ten_seats(database)
    shown = preview(replay, "2023-01-20 23:59", ("a", "voice", 13))
    fresh = outdated(replay, "2023-01-21 00:01", shown.digest)
    assert lines(fresh)[0] == "3 × 10.00 × 1 × 11/31 = 10.65"


def test_a_run_in_between_changes_the_next_invoice(database: Database) -> None:
    replay = ten_seats(database)
    shown = preview(replay, "2023-02-01 00:05", ("a", "voice", 13))
    assert lines(shown) == ["13 × 10.00 × 1 × 28/28 = 130.00"]
    replay.billing_run(D("2023-02-01"), moment("2023-02-01 00:10"))
    fresh = outdated(replay, "2023-02-01 00:15", shown.digest)
    assert lines(fresh) == ["3 × 10.00 × 1 × 28/28 = 30.00", "13 × 10.00 × 1 × 31/31 = 130.00"]


def test_another_site_or_a_user_more_does_not_disturb(database: Database) -> None:
    """What changes elsewhere in the customer and leaves entries and invoice as they were is no reason to refuse."""
    replay = ten_seats(database)
    shown = preview(replay, "2023-01-20 10:00", ("a", "voice", 13))
    replay.play(Story().claim("2023-01-20 10:01").events[0])
    assert confirm(replay, "2023-01-20 10:02", ("a", "voice", 13), digest=shown.digest).digest == shown.digest


def test_of_two_confirmations_at_once_one_is_refused(database: Database) -> None:
    replay = ten_seats(database)
    shown = preview(replay, "2023-01-20 10:00", ("a", "voice", 13))
    actor = who(replay, PROVIDER)
    answers: list[str] = []

    def confirm_once() -> None:
        try:
            with acting(actor):
                grant = grants.allocation_manager(actor, replay.customers["c"])
                confirm_changes(
                    grant,
                    changes=changes(replay, [("a", "voice", 13)]),
                    settings=replay.settings,
                    at=moment("2023-01-20 10:00"),
                    digest=shown.digest,
                )
            answers.append("done")
        except Refusal as refusal:
            answers.append(refusal.code)

    together(confirm_once, confirm_once, confirm_once)
    assert sorted(answers) == ["done", "preview_outdated", "preview_outdated"]
    assert [entry.delta for entry in written(replay.customers["c"], moment("2023-01-20 10:00"))] == [3]


# -- prices, dates, users ------------------------------------------------------------------------------


def test_a_missing_price_leaves_the_amounts_open(database: Database) -> None:
    replay = ten_seats(database)
    effect = preview(replay, "2023-01-20 10:00", ("a", "cr", 1))
    invoice = effect.next_invoice
    assert invoice is not None
    assert (invoice.net, invoice.tax, invoice.total) == (None, None, None)
    assert [line.amount for line in invoice.lines if line.type_code == "cr"] == [None, None]
    assert confirm(replay, "2023-01-20 10:00", ("a", "cr", 1), digest=effect.digest) == effect


def test_a_repaired_price_is_shown_before_the_run_that_uses_it(database: Database) -> None:
    replay = ten_seats(database)
    replay.play(Story().prices("2023-01-21 10:00", WITH_CR).events[0])
    effect = preview(replay, "2023-01-22 10:00", ("a", "cr", 1))
    assert lines(effect)[0] == "1 × 25.00 × 1 × 10/31 = 8.06"
    confirm(replay, "2023-01-22 10:00", ("a", "cr", 1), digest=effect.digest)
    replay.billing_run(D("2023-02-01"), moment("2023-02-01 00:30"))
    assert effect.next_invoice is not None
    assert issued_invoices()[-1].invoice.net == effect.next_invoice.net


def test_the_price_of_a_period_to_come_is_that_of_its_list(database: Database) -> None:
    replay = ten_seats(database)
    replay.play(Story().prices("2023-01-10 10:00", price_list("11.00", valid_from=D("2023-02-01"))).events[0])
    effect = preview(replay, "2023-01-20 10:00", ("a", "voice", 13))
    assert lines(effect) == ["3 × 10.00 × 1 × 12/31 = 11.61", "13 × 11.00 × 1 × 28/28 = 143.00"]


@pytest.mark.parametrize(
    ("now", "invoice_day", "expected"),
    [
        ("2023-01-20 10:00", 1, "2023-02-01"),
        ("2023-02-01 00:10", 1, "2023-02-01"),
        ("2023-01-31 23:59", 1, "2023-02-01"),
        ("2023-12-02 10:00", 1, "2024-01-01"),
        ("2023-02-10 10:00", 28, "2023-02-28"),
        ("2023-01-29 10:00", 28, "2023-02-28"),
        ("2023-02-15 10:00", 15, "2023-02-15"),
    ],
)
def test_the_next_invoice_is_todays_until_its_run(
    database: Database, now: str, invoice_day: int, expected: str
) -> None:
    replay = Replay.of(database, Story().history)
    settings = replace(replay.settings, invoice_day=invoice_day)
    at = moment(now)
    with acting(system("job")):
        assert next_invoice_date(today=settings.day(at), settings=settings) == D(expected)
    replay.billing_run(settings.day(at), at)
    with acting(system("job")):
        assert next_invoice_date(today=settings.day(at), settings=settings) > settings.day(at)


def test_the_effect_of_users_is_that_of_the_missing_seats(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=2, used=2).run("2023-01-01", "20:00").history)
    actor = who(replay, PARTNER)
    with acting(actor):
        grant = grants.user_manager(actor, replay.customers["c"])
        place = (replay.sites["c"]["a"], "voice")
        effect = preview_for_users(grant, place=place, seats=3, settings=replay.settings, at=moment("2023-01-20 10:00"))
    assert [(e.kind, e.delta) for e in effect.entries] == [("raise", 3)]
    assert lines(effect)[0] == "3 × 10.00 × 1 × 12/31 = 11.61"


def test_who_is_not_for_resale_is_shown_no_seat_to_allocate(database: Database) -> None:
    """Users are added without a seat there (SPEC 3), so that is what the effect says."""
    replay = lived(database, Story().history)
    replay.play(CreateCustomer(moment("2023-01-02 08:00"), "c", "p", 1, "calendar", not_for_resale=True))
    actor = system("api")
    with acting(actor):
        grant = grants.user_manager(actor, replay.customers["c"])
        place, at = (replay.sites["c"]["a"], "voice"), moment("2023-01-20 10:00")
        effect = preview_for_users(grant, place=place, seats=1, settings=replay.settings, at=at)
    assert effect.entries == []
