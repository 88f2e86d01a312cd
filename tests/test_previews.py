"""A preview shows what its run would do at that moment, not more and not less (SPEC 7, Run), on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.billing import queries, runs
from strapontin.billing.queries import RunFacts
from strapontin.billing.runs import execute_run, fail_run
from strapontin.refusals import Refusal
from tests.cast import Cast
from tests.oracle.model import Partner
from tests.oracle.stage import moment
from tests.reading import issued_invoices, parked, previews, what_if
from tests.replay import Replay, lived
from tests.servers import Database
from tests.story import WITH_CR, Story

FEBRUARY = date(2023, 2, 1)
AT = moment("2023-02-01 00:30")
LATER = moment("2023-02-05 10:00")


def facts_of(run_id: UUID) -> RunFacts:
    """The run as a door shows it."""
    with acting(system("api"), "billing"):
        return queries.run(grants.provider(system("api")), run_id=run_id).facts


def shown_and_issued(replay: Replay, day: date, at: datetime) -> tuple[Any, Any]:
    """What a preview shows, and what the run of the same moment does: invoices, parked customers, cut."""
    with what_if():
        preview_id = replay.request_run(day, at, preview=True)
        execute_run(run_id=preview_id, settings=replay.settings, at=at)
        facts = facts_of(preview_id)
        shown = previews(preview_id)
        assert facts.invoices == len(shown)
        would = {payer: (net, tax, len(lines)) for payer, (net, tax, lines) in shown.items()}
        previewed = would, parked(preview_id), facts.cut
    result = replay.billing_run(day, at)
    done = {payer: (one.net, one.tax, len(one.lines)) for payer, one in result.invoices.items()}
    return previewed, (done, result.parked, result.cut)


def nothing_to_bill() -> Story:
    """One of two payers has a customer without seats."""
    story = Story(partners=[Partner("p"), Partner("q")]).customer("2023-01-01", seats=2)
    return story.customer("2023-01-02", name="d", partner="q")


def parked_and_repaired() -> Story:
    """The run of February parked a customer; its price is there now, and others have changed their seats."""
    story = Story().customer("2023-01-01", seats=1, type_code="cr")
    story.customer("2023-01-01", seats=2, name="d", time="09:00").run("2023-02-01")
    return story.voice("2023-02-03 09:00", 9, name="d").prices("2023-02-03 10:00", WITH_CR)


def parked_and_still_faulty() -> Story:
    """The run of February parked a customer, and would again."""
    story = Story().customer("2023-01-01", seats=1, type_code="cr").run("2023-02-01")
    return story.customer("2023-02-02", seats=4, name="new")


def done_and_changed() -> Story:
    """The run of February is done; afterwards there are more seats, a customer and a payer."""
    story = Story(partners=[Partner("p"), Partner("q")]).customer("2023-01-01", seats=2).run("2023-02-01")
    return story.voice("2023-02-02 10:00", 7).customer("2023-02-03", seats=4, name="new", partner="q")


def billed_later() -> Story:
    """A run of a later date has billed the customer that February parked."""
    return parked_and_repaired().run("2023-02-04")


def without_a_payer() -> Story:
    """A customer got its payer after the run."""
    story = Story(partners=[Partner("top", payer=False)]).customer("2023-01-02", seats=3, partner="top")
    return story.run("2023-02-01").partner("2023-02-03 10:00", Partner("top"))


@pytest.mark.parametrize(
    "story",
    [
        nothing_to_bill,
        parked_and_repaired,
        parked_and_still_faulty,
        done_and_changed,
        billed_later,
        without_a_payer,
    ],
)
def test_a_preview_shows_what_its_run_does(database: Database, story: Callable[[], Story]) -> None:
    shown, issued = shown_and_issued(lived(database, story().history), FEBRUARY, LATER)
    assert shown == issued


def test_a_preview_of_an_interrupted_run_shows_the_rest_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(partners=[Partner("p"), Partner("q")]).customer("2023-01-01", seats=2)
    replay = lived(database, story.customer("2023-01-01", seats=3, name="d", partner="q", time="09:00").history)
    run_id = replay.request_run(FEBRUARY, AT)
    bill = runs._bill

    def bill_once(*arguments: Any) -> None:
        if issued_invoices():
            raise InterruptedError
        bill(*arguments)

    monkeypatch.setattr(runs, "_bill", bill_once)
    with pytest.raises(InterruptedError):
        execute_run(run_id=run_id, settings=replay.settings, at=AT)
    monkeypatch.undo()
    fail_run(run_id=run_id, error="InterruptedError")
    replay.play(Story().voice("2023-02-01 09:00", 50, name="d").events[0])
    shown, issued = shown_and_issued(replay, FEBRUARY, LATER)
    assert shown == issued
    assert shown[2] == AT
    assert len(shown[0]) == 1


def test_a_date_that_can_no_longer_be_billed_is_not_previewed(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=1).run("2023-02-01").history)
    with pytest.raises(Refusal, match="run_out_of_order"):
        replay.request_run(date(2023, 1, 31), LATER, preview=True)


def test_by_rest_a_payer_without_lines_has_no_invoice(cast: Cast) -> None:
    cast.clock("2022-12-01")
    cast.brumes.allocate(cast.brumes.site(), voice=3)
    previewed = cast.bill("2022-12-01", preview=True)
    (invoice,) = previewed["invoices"]
    (issued,) = cast.bill("2022-12-01")["invoices"]
    same = ("payer", "currency", "net", "tax", "total")
    assert [invoice[name] for name in same] == [issued[name] for name in same]


# -- asked for again -----------------------------------------------------------------------------------


def test_a_run_asked_for_again_after_a_repair_waits_until_the_parked_are_retried(cast: Cast) -> None:
    cast.clock("2022-12-01")
    elbe = cast.partner("Elbe", country="DE")
    deich = cast.customer("Deich", elbe)
    deich.allocate(deich.site(), voice=3)
    cast.zenith.allocate(cast.zenith.site(), voice=1)
    run = cast.bill("2022-12-01")
    assert [customer["customer"] for customer in run["parked"]] == [deich.id]
    assert cast.provider.patch(f"/partners/{elbe}", {"country": "FR"}).status == 200
    again = cast.provider.post("/billing-runs", {"date": "2022-12-01", "preview": False})
    assert (again.status, again.id, again["state"]) == (202, run.id, "queued")
    assert cast.provider.get(f"/billing-runs/{run.id}")["state"] == "queued"
    cast.work()
    done = cast.provider.get(f"/billing-runs/{run.id}")
    assert (done["state"], done["parked"], len(done["invoices"])) == ("done", [], 2)
    # Nothing is left to do, so nobody has to wait.
    assert cast.provider.post("/billing-runs", {"date": "2022-12-01", "preview": False})["state"] == "done"


def test_a_run_that_stopped_waits_when_it_is_asked_for_again(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=1).history)
    run_id = replay.request_run(FEBRUARY, AT)
    fail_run(run_id=run_id, error="Crash")
    assert facts_of(run_id).state == "failed"
    assert replay.request_run(FEBRUARY, AT) == run_id
    assert facts_of(run_id).state == "queued"
