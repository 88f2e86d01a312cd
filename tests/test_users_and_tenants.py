"""A user who gets another site leaves one stack tenant and enters another (SPEC 3, 5, 6)."""

from __future__ import annotations

from uuid import UUID

from strapontin.kit.database import run
from tests.answers import rows
from tests.comparison import check_rebuilt
from tests.oracle.stage import moment
from tests.reading import reading
from tests.replay import Replay, lived
from tests.servers import Database
from tests.story import Story


def seats_in_use(replay: Replay) -> dict[str, int]:
    """Voice users per site."""
    shown = replay.figures("c", moment("2023-01-31 10:00"))
    return {site.name: site.of("voice").used for site in shown.sites}


def calls(replay: Replay) -> list[tuple[str, UUID, UUID | None]]:
    """Open calls in their order: kind, tenant, and whom the stack knows by which uuid."""
    with reading(replay.customers["c"]):
        found = rows(
            "SELECT c.kind, c.tenant_id, u.stack_user_uuid FROM stack_call c"
            " JOIN seat_user u ON u.customer_id = c.customer_id AND u.id = c.user_id"
            " WHERE c.state = 'waiting' ORDER BY c.id"
        )
    return [(call["kind"], call["tenant_id"], call["stack_user_uuid"]) for call in found]


def moved(database: Database) -> tuple[Replay, UUID]:
    """One user, known to the stack, has moved from site a to site b; and who that was on the stack."""
    story = Story().customer("2023-01-01", seats=1, used=1).ask("2023-01-02 10:00", ("b", "voice", 1))
    replay = lived(database, story.history)
    uuid = replay.users("c", "a")[0].stack_user_uuid
    assert uuid is not None
    move = Story().change_user("2023-01-03 10:00", "b").events[0]
    replay.stack_answers = False
    replay.play(move)
    return replay, uuid


def test_the_user_is_created_here_and_then_deleted_there(database: Database) -> None:
    replay, uuid = moved(database)
    sites = replay.sites["c"]
    behind = [call for call in calls(replay) if call[1] == replay.tenants[sites["a"]]]
    assert [call for call in calls(replay) if call not in behind] == [("create", replay.tenants[sites["b"]], None)]
    assert calls(replay)[-1] == ("delete", replay.tenants[sites["a"]], uuid)
    assert seats_in_use(replay) == {"a": 0, "b": 1, "c": 0}
    check_rebuilt()


def test_who_is_being_deleted_on_the_former_stack_takes_a_seat_there_only_if_that_proves_impossible(
    database: Database,
) -> None:
    replay, uuid = moved(database)
    still_there = replay.stack_user(uuid, "voice")
    replay.synchronize("c", "a", [still_there], moment("2023-01-03 11:00"))
    assert seats_in_use(replay) == {"a": 0, "b": 1, "c": 0}
    with reading(replay.customers["c"]):
        run(
            "UPDATE stack_call SET state = 'failed', done_at = %s WHERE user_id IN (SELECT user_id FROM stack_call"
            " WHERE kind = 'delete') AND state = 'waiting' AND customer_id = %s",
            [moment("2023-01-03 12:00"), replay.customers["c"]],
        )
    replay.synchronize("c", "a", [still_there], moment("2023-01-03 13:00"))
    assert seats_in_use(replay) == {"a": 1, "b": 1, "c": 0}
    check_rebuilt()
