"""Steps of the daily work that are done once a day, and which day each was done for."""

from __future__ import annotations

from datetime import date

from strapontin.kit.database import exists, run, value_of

_DONE_FOR = "SELECT done_for FROM daily_step WHERE name = %s"
_FINISH = """
INSERT INTO daily_step AS s (name, done_for) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET done_for = EXCLUDED.done_for WHERE s.done_for <> EXCLUDED.done_for
"""


def step_is_due(name: str, today: date) -> bool:
    """Whether the step was not done for ``today`` yet. A later day counts for nothing: it was another clock's."""
    return not exists(f"{_DONE_FOR} AND done_for = %s", [name, today])


def step_done_for(name: str) -> date | None:
    """The last day for which the step was done; ``None`` if it never was."""
    return value_of(date, _DONE_FOR, [name])


def finish_step(name: str, today: date) -> bool:
    """Notes that the step is done for ``today``; answers false if another worker did so before, or waits for it."""
    return run(_FINISH, [name, today]) > 0
