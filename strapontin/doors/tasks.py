"""The doors' own housekeeping. The worker finds it as it finds the tasks of ``strapontin.jobs``."""

from __future__ import annotations

from procrastinate.contrib.django import app

from strapontin.access import sessions
from strapontin.doors import kept, limits


@app.periodic(cron="40 3 * * *")
@app.task(name="forget_answers", queue="daily", queueing_lock="forget_answers")
def forget_answers(timestamp: int) -> None:
    """Deletes answers to repeated requests that nobody may ask for any more."""
    kept.forget_old()


@app.periodic(cron="20 * * * *")
@app.task(name="forget_attempts", queue="daily", queueing_lock="forget_attempts")
def forget_attempts(timestamp: int) -> None:
    """Deletes counters of attempts that say nothing any more, and ended sessions. Hourly: strangers can make many."""
    limits.forget_old()
    sessions.forget_expired()
