"""The doors' own housekeeping. The worker finds it as it finds the tasks of ``strapontin.jobs``."""

from __future__ import annotations

from procrastinate.contrib.django import app

from strapontin.doors.kept import forget_old


@app.periodic(cron="40 3 * * *")
@app.task(name="forget_answers", queue="daily", queueing_lock="forget_answers")
def forget_answers(timestamp: int) -> None:
    """Deletes answers to repeated requests that nobody may ask for any more."""
    forget_old()
