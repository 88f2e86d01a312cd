"""Histories told by hand: the ten worked examples of SPEC 7, and the turns in which a bill can go wrong.

Each is a history like those drawn at random, for the product and the slow oracle alike. Sites are a, b, c.
"""

from __future__ import annotations

from datetime import date

from tests.oracle.histories import (
    History,
)
from tests.oracle.model import Partner, Settings
from tests.oracle.stage import price_list
from tests.story import USUAL_PRICES, WITH_CR, Story, replace_events


def worked_example(number: int) -> Story:
    """One of the ten of SPEC 7; its last run is the invoice in the table."""
    if number in (1, 2):
        story = Story().customer("2022-09-01", seats=10, used=10).run("2022-09-01", "20:00")
        story.stack("2022-09-20 09:00", 12).run("2022-10-01")
        return story.run("2022-11-01") if number == 2 else story
    if number in (4, 5):
        story = Story().customer("2023-01-01", seats=10, term=12).run("2023-01-01", "20:00")
        story.voice("2023-07-02 10:00", 15).run("2023-08-01")
        if number == 5:
            story.voice("2023-09-10 10:00", 8)
            for month in ("09", "10", "11", "12"):
                story.run(f"2023-{month}-12")
            story.run("2024-01-01")
        return story
    if number == 3:
        story = Story().customer("2023-01-01", seats=10).run("2023-01-01", "20:00")
        return story.voice("2023-01-20 10:00", 13).run("2023-02-01")
    if number == 6:
        story = Story().customer("2023-03-01", seats=10).run("2023-03-01", "20:00")
        return story.voice("2023-03-10 10:00", 14).voice("2023-03-10 15:00", 10).run("2023-04-01")
    if number == 7:
        story = Story().customer("2023-05-01", seats=10).run("2023-05-01", "20:00")
        return story.term("2023-05-15 10:00", 12).run("2023-06-01")
    if number in (8, 9):
        return Story().customer("2023-02-15", seats=6, term=12 if number == 9 else 1).run("2023-03-01")
    story = Story().customer("2022-06-01", seats=10, used=12, term=12).run("2022-06-01", "20:00")
    return story.voice("2022-11-10 10:00", 15).run("2022-12-01")


def before_the_change() -> dict[str, Story]:
    """Bills on used seats, and what is left of them afterwards."""
    yearly = Story().customer("2022-03-01", seats=10, used=5, term=12).run("2022-03-01", "20:00")
    yearly.stack("2022-04-20 09:00", 8).run("2022-05-01").stack("2022-05-10 09:00", 2).run("2022-06-01")
    unrated = Story().customer("2022-08-20", seats=10, used=5).stack("2022-09-30 09:00", 3).run("2022-10-01")
    unused = Story().customer("2022-10-01", seats=10, term=12).run("2022-10-01", "20:00").run("2022-11-01")
    across = Story().customer("2022-06-01", seats=4, used=6, term=12).run("2022-06-01", "20:00")
    across.voice("2022-10-30 10:00", 9).run("2022-11-01", "20:00").stack("2022-11-02 09:00", 2)
    across.voice("2022-11-03 10:00", 3).run("2022-12-01").run("2023-06-01")
    late = Story().customer("2022-09-01", seats=5, used=3).run("2022-09-01", "20:00").stack("2022-10-02 09:00", 9)
    late.run("2022-10-01", "2022-10-04 10:00")
    middle = Story(settings=Settings(allocation_billing_from=date(2022, 11, 16)))
    middle.customer("2022-11-01", seats=4, used=6).run("2022-11-01", "20:00").voice("2022-11-10 10:00", 9)
    middle.run("2022-11-15").run("2022-11-16").run("2022-12-01")
    very_late = Story(settings=middle.settings).customer("2022-09-01", seats=5, used=3)
    very_late.voice("2022-11-19 10:00", 6).run("2022-10-01", "2022-11-20 10:00").run("2022-11-20", "20:00")
    parked = Story().customer("2022-10-01", seats=9, used=2, type_code="cr").run("2022-10-01", "20:00")
    parked.prices("2022-11-10 10:00", WITH_CR)
    again = replace_events(parked, parked.events).run("2022-10-01", "2022-11-11 10:00").run("2022-11-12")
    parked.run("2022-11-12")
    return {
        "more use is billed on, less is not given back": yearly,
        "past periods at the use of the run": unrated,
        "rated with nothing in use": unused,
        "a raise billed on the day of the change is given back": across,
        "use is known up to the cut": late,
        "the change in the middle of a period": middle,
        "a run so late that a later period has begun": very_late,
        "parked before the change, billed after it": parked,
        "parked before the change, billed again at that date": again,
    }


def after_the_change() -> dict[str, Story]:
    """Bills on allocated seats: stretches, credits, cuts, prices and payers."""
    shared = Story().customer("2023-01-01", seats=10).run("2023-01-01", "20:00")
    credit = replace_events(shared, shared.events).voice("2023-01-30 10:00", 13).run("2023-02-01")
    credit.voice("2023-02-04 10:00", 10).run("2023-03-01")
    twice = replace_events(shared, shared.events).voice("2023-01-10 10:00", 13).voice("2023-01-12 10:00", 10)
    twice.voice("2023-01-20 10:00", 13).voice("2023-01-22 10:00", 10).run("2023-02-01").run("2023-03-01")
    moved = Story().customer("2023-01-01", seats=10).ask("2023-01-15 10:00", ("a", "voice", 4), ("b", "voice", 6))
    moved.run("2023-02-01")
    lowered = replace_events(shared, shared.events).voice("2023-01-20 10:00", 4).run("2023-01-25").run("2023-02-01")
    cut = Story().customer("2023-01-01", seats=10).voice("2023-02-01 23:30", 12).voice("2023-02-02 00:30", 20)
    cut.customer("2023-02-02", seats=7, name="d", time="09:00")
    cut.run("2023-02-01", "2023-02-05 10:00").run("2023-02-06")
    leap = Story().customer("2024-02-29", seats=2, term=12, alignment="anniversary").run("2024-02-29", "20:00")
    leap.voice("2024-03-31 10:00", 3).run("2024-04-01").run("2025-02-28").run("2026-02-28")
    anchors = Story().customer("2024-01-31", seats=2, alignment="anniversary").run("2024-01-31", "20:00")
    anchors.run("2024-02-29").run("2024-03-31").run("2024-04-30")
    prices = Story(
        partners=(Partner("p", level="silver"), Partner("q", level="platinum")),
        price_lists=(
            *USUAL_PRICES,
            price_list("7.77", partner="q"),
            price_list("9.99", uc="14.99", valid_from=date(2023, 1, 1)),
        ),
    )
    prices.customer("2023-01-05", seats=3, term=12).customer("2023-01-06", seats=5, term=36, name="d", partner="q")
    # The list of q names Voice alone.
    prices.customer("2023-01-06", seats=2, type_code="uc", name="e", partner="q", time="09:00")
    prices.prices("2023-01-10 10:00", price_list("99.00", valid_from=date(2023, 3, 1)))
    prices.run("2023-02-01").voice("2023-04-02 10:00", 4).run("2023-05-01")
    payers = Story(partners=(Partner("top", level="gold"), Partner("p", parent="top")))
    payers.customer("2023-01-01", seats=10).customer("2023-01-01", seats=2, name="d", partner="top", time="09:00")
    payers.run("2023-01-01", "20:00").run("2023-02-01")
    payers.partner("2023-02-10 10:00", Partner("p", parent="top", payer=False))
    payers.voice("2023-02-20 10:00", 13).run("2023-03-01")
    parked = (
        Story().customer("2023-01-01", seats=1, type_code="cr").customer("2023-01-01", seats=2, name="d", time="09:00")
    )
    parked.run("2023-02-01").prices("2023-02-03 10:00", WITH_CR).voice("2023-02-04 10:00", 2)
    parked.run("2023-02-01", "2023-02-05 10:00").run("2023-02-01", "2023-02-05 11:00").run("2023-03-01")
    apart = Story(partners=(Partner("top"), Partner("p", parent="top", payer=False)))
    apart.customer("2023-01-01", seats=10).ask("2023-01-10 10:00", ("a", "cr", 1)).ask(
        "2023-01-20 10:00", ("a", "cr", 0)
    )
    apart.partner("2023-01-25 10:00", Partner("p", parent="top")).run("2023-02-01")
    apart.prices("2023-02-02 10:00", WITH_CR).run("2023-02-01", "2023-02-03 10:00").run("2023-03-01")
    corrected = replace_events(shared, shared.events).run("2023-02-01").correct("2023-02-10 10:00", -2, "2023-01-22")
    corrected.run("2023-02-15").correct("2023-02-16 10:00", 3, "2023-01-31").run("2023-03-01")
    return {
        "corrections of past days": corrected,
        "handed back across the month": credit,
        "one payer's missing price, another's invoice": apart,
        "the same seats in two stretches": twice,
        "a move splits no line": moved,
        "a run before the lowering": lowered,
        "a late run knows no more than its cut": cut,
        "a leap day": leap,
        "the last day of each month": anchors,
        "lists, levels and terms": prices,
        "two payers": payers,
        "parked and billed later": parked,
    }


def exchanges() -> dict[str, Story]:
    """Seats exchanged for dearer ones, undone in time or too late, with and without their user."""
    yearly = Story().customer("2023-01-01", seats=10, term=12).run("2023-01-01", "20:00")
    yearly.exchange("2023-07-02 10:00", 2).exchange("2023-07-02 11:00", 1, from_type="uc", to_type="voice")
    yearly.exchange("2023-07-02 12:00", 1, to_type="cr").exchange("2023-07-02 13:00", 9).run("2023-08-01")
    yearly.run("2024-01-01")
    undone = Story().customer("2023-01-01", seats=10).exchange("2023-01-20 10:00", 4).undo("2023-01-21 10:00", 1)
    undone.undo("2023-01-22 10:00", 4).undo("2023-01-22 11:00", 2).undo("2023-01-26 23:50").undo("2023-01-26 23:55")
    undone.run("2023-02-01")
    late = Story().customer("2023-01-01", seats=10).exchange("2023-01-30 10:00", 4).run("2023-02-01")
    late.undo("2023-02-05 23:50", 1).undo("2023-02-06 00:10").run("2023-03-01")
    kept = Story().customer("2023-01-01", seats=10).ask("2023-01-20 09:00", ("a", "uc", 1))
    kept.exchange("2023-01-20 10:00", 3).ask("2023-01-21 10:00", ("a", "uc", 0)).run("2023-02-01")
    used = Story().customer("2023-01-01", seats=10, used=4).ask("2023-01-19 10:00", ("a", "voice", 5))
    used.exchange("2023-01-20 10:00", 3).exchange("2023-01-20 11:00", 4).stack("2023-01-21 10:00", 2, type_code="uc")
    used.undo("2023-01-22 10:00").undo("2023-01-22 11:00", 1).run("2023-02-01")
    with_user = Story().customer("2023-01-01", seats=4, used=3).voice("2023-01-19 10:00", 3)
    for hour in ("10", "11", "13"):
        if hour == "13":
            with_user.stack("2023-01-20 12:00", 2)
        with_user.change_user(f"2023-01-20 {hour}:00", "a", "uc", exchange_seat=True)
    with_user.stack("2023-01-21 10:00", 4, type_code="uc").change_user(
        "2023-01-22 10:00", "a", "uc", exchange_seat=True
    )
    with_user.run("2023-02-01")
    risen = Story().customer("2023-01-01", seats=10).exchange("2023-01-20 10:00", 1)
    risen.prices("2023-01-21 10:00", price_list("10.00", uc="9.00", valid_from=date(2023, 2, 1)))
    risen.exchange("2023-01-31 23:50", 1).exchange("2023-02-01 00:10", 1)
    risen.exchange("2023-02-02 10:00", 1, from_type="uc", to_type="voice").run("2023-03-01")
    return {
        "an exchange after the prices changed": risen,
        "an exchange within the year": yearly,
        "an exchange undone piece by piece": undone,
        "an exchange undone in its last hour": late,
        "exchanged seats are not handed back": kept,
        "an exchange around users and a decrease": used,
        "users exchanged with their seats": with_user,
    }


def seats() -> dict[str, Story]:
    """Users who come and go around lowerings, raises and the day from which seats count."""
    kept = Story().customer("2023-01-01", seats=2).voice("2023-01-20 10:00", 0)
    for hour in ("10", "11", "12"):
        kept.claim(f"2023-01-21 {hour}:00", allocate_missing=True)
    kept.run("2023-02-01")
    lowered = Story().customer("2023-01-01", seats=3).voice("2023-01-20 10:00", 1).claim("2023-01-21 10:00")
    lowered.claim("2023-01-21 11:00").release("2023-01-22 10:00").claim("2023-01-23 10:00").run("2023-02-01")
    oversold = Story().customer("2023-01-01", seats=2, used=5).claim("2023-01-20 10:00")
    oversold.claim("2023-01-20 11:00", allocate_missing=True).stack("2023-01-21 10:00", 9)
    for hour in ("10", "11", "12"):
        oversold.release(f"2023-01-22 {hour}:00")
    oversold.voice("2023-01-23 10:00", 5).voice("2023-01-23 11:00", 10).run("2023-02-01")
    early = Story().customer("2022-08-01").claim("2022-08-22 23:59").claim("2022-08-23 00:00")
    early.run("2022-09-01").release("2022-09-02 10:00").run("2022-10-01")
    week = Story().customer("2023-01-01", seats=10).voice("2023-01-20 10:00", 13).voice("2023-01-26 23:30", 12)
    week.voice("2023-01-27 00:30", 11).run("2023-02-01")
    once = Story().customer("2023-01-01", seats=10).voice("2023-01-10 10:00", 13).voice("2023-01-11 10:00", 11)
    once.voice("2023-01-12 10:00", 9).run("2023-02-01")
    to_lowered = Story().customer("2023-01-01", seats=4, used=3).ask("2023-01-02 10:00", ("b", "voice", 3))
    to_lowered.ask("2023-01-10 10:00", ("b", "voice", 1)).change_user("2023-01-11 10:00", "b")
    to_lowered.change_user("2023-01-11 11:00", "b").change_user("2023-01-11 12:00", "b", allocate_missing=True)
    to_lowered.run("2023-02-01")
    until = Story().customer("2023-01-01", seats=10, used=8).voice("2023-01-10 10:00", 8)
    until.stack("2023-01-11 10:00", 9).run("2023-02-01")
    nothing = Story().customer("2022-08-01").voice("2022-08-02 10:00", 0).claim("2022-08-10 10:00").run("2022-09-01")
    moving = Story().customer("2023-01-01", seats=4, used=3).ask("2023-01-02 10:00", ("b", "voice", 1), ("a", "uc", 1))
    moving.change_user("2023-01-03 10:00", "b").change_user("2023-01-03 11:00", "b").change_user(
        "2023-01-03 12:00", "a", "uc"
    )
    moving.change_user("2023-01-04 10:00", "c", allocate_missing=True).stack("2023-01-05 10:00", 2)
    moving.stack("2023-01-05 11:00", 2, site="b").stack("2023-01-05 12:00", 0, site="c").run("2023-02-01")
    typed = Story().customer("2022-09-01", seats=4, on_stack=False)
    for hour in ("10", "11", "12"):
        typed.claim(f"2022-09-02 {hour}:00")
    typed.attach("2022-09-03 10:00").stack("2022-09-03 11:00", 0).run("2022-10-01")
    typed.stack("2022-10-02 10:00", 2, recognised=1).release("2022-10-03 10:00").stack("2022-10-04 10:00", 0)
    typed.run("2022-11-01")
    return {
        "users typed in before the tenant": typed,
        "users who move between sites and types": moving,
        "a user moves to a lowered site": to_lowered,
        "a user where nothing was ever allocated": nothing,
        "seven days and no more": week,
        "handed back once": once,
        "a lowering shrinks for users": kept,
        "a lowered site refuses": lowered,
        "full until the next cycle": until,
        "more used than allocated": oversold,
        "before seats counted": early,
    }


def lives() -> dict[str, Story]:
    """Customers that end with a period, that go on after all, and that start anew."""
    ended = Story().customer("2023-01-10", seats=10, used=6, term=12).ask("2023-01-11 09:00", ("b", "voice", 3))
    ended.run("2023-02-01").voice("2023-03-01 10:00", 8).term("2023-04-02 10:00", 1).cancel("2023-05-01 10:00")
    ended.claim("2023-05-02 10:00").term("2023-05-03 10:00", 36).run("2024-02-01").claim("2024-02-02 10:00")
    ended.voice("2024-02-02 11:00", 4).release("2024-02-03 10:00").cancel("2024-02-04 10:00", False)
    ended.reactivate("2024-03-17 10:00").voice("2024-03-18 10:00", 7).run("2024-04-01").run("2024-05-01")
    kept = Story().customer("2023-01-01", seats=4).cancel("2023-01-05 10:00").cancel("2023-01-31 23:50", False)
    kept.run("2023-02-01").cancel("2023-02-28 23:50").run("2023-03-01").reactivate("2023-03-01 09:00", 12)
    kept.run("2023-03-01", "2023-03-01 20:00").correct("2023-04-03 10:00", 2, "2023-03-02").run("2023-04-03", "20:00")
    twice = Story().customer("2023-01-15", seats=5, alignment="anniversary").run("2023-02-01")
    twice.cancel("2023-02-02 10:00").reactivate("2023-02-20 10:00").voice("2023-02-21 10:00", 7)
    twice.cancel("2023-02-22 10:00").run("2023-03-01").reactivate("2023-03-31 10:00").run("2023-04-30")
    twice.run("2023-05-01")
    unseen = Story().customer("2023-01-01", seats=4).cancel("2023-01-05 10:00").run("2023-03-20")
    return {
        "ended and started anew": ended,
        "cancelled and not": kept,
        "ended twice": twice,
        "ended while nobody worked": unseen,
    }


def all_stories() -> dict[str, History]:
    """Every story by its name."""
    told = {f"worked example {number}": worked_example(number) for number in range(1, 11)}
    told |= before_the_change() | after_the_change() | seats() | exchanges() | lives()
    return {name: story.history for name, story in told.items()}
