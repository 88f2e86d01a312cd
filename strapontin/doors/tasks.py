"""The doors' own housekeeping. The worker finds it as it finds the tasks of ``strapontin.jobs``."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from strapontin.access import sessions
from strapontin.doors import erasure, kept, limits
from strapontin.jobs.retention import delete_old, users_to_erase
from strapontin.jobs.tasks import clock_outside


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


@app.task(name="erase_user", queue="daily")
def erase_user(customer_id: str, user_id: str) -> None:
    """Erases the personal data of a removed user."""
    erasure.erase_user(customer_id=UUID(customer_id), user_id=UUID(user_id))


@app.periodic(cron="50 3 * * *")
@app.task(name="retention", queue="daily", queueing_lock="retention")
def retention(timestamp: int) -> None:
    """Deletes what is older than the settings allow, and erases users who were removed long enough ago."""
    settings, at = clock_outside()
    delete_old(settings=settings, at=at)
    for customer_id, user_id in users_to_erase(settings=settings, at=at):
        erasure.erase_user(customer_id=customer_id, user_id=user_id)
