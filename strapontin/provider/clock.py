"""The clock of a sandbox. Setting it forward does the daily work of each day in between, in order (API.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.conf import settings as environment
from django.db import connection

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.scope import acting
from strapontin.journal.operations import record
from strapontin.kit.database import exists, run, value_of
from strapontin.kit.dates import start_of_day
from strapontin.organisation import settings as installation
from strapontin.refusals import Refusal

WorkDay = Callable[[date, datetime], None]
"""Does the daily work of a day, at a moment of it, in transactions of its own."""

_LOCK = "SELECT pg_try_advisory_lock(hashtext('sandbox_clock'))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('sandbox_clock'))"


def set_clock(actor: Actor, *, to: datetime, work_day: WorkDay) -> datetime:
    """Sets a sandbox's clock and answers the moment that it then shows. Opens transactions of its own.

    Commits each day's work together with the clock at that day. So a call that was cut off goes on where it ended.
    Raises ``provider_only``, ``not_a_sandbox``, ``clock_backwards`` (a sandbox without customers takes any
    moment), and ``in_progress`` while another call does the days in between.
    """
    with acting(actor):
        grants.provider(actor)
        if not environment.SANDBOX:
            raise Refusal("not_a_sandbox")
    with _alone():
        with acting(actor):
            settings = installation.load()
            now = settings.now()
            if not exists("SELECT 1 FROM customer LIMIT 1"):
                return _set(actor, to)
            if to < now:
                raise Refusal("clock_backwards")
        day, last = settings.day(now), settings.day(to)
        while day < last:
            day += timedelta(days=1)
            at = start_of_day(day, settings.time_zone)
            work_day(day, at)
            with acting(actor):
                _set(actor, at, in_journal=False)
        with acting(actor):
            return _set(actor, to)


@contextmanager
def _alone() -> Iterator[None]:
    # The connection holds the lock: the work takes many transactions.
    if not value_of(bool, _LOCK):
        raise Refusal("in_progress")
    try:
        yield
    finally:
        if connection.is_usable():
            run(_UNLOCK)


def _set(actor: Actor, moment: datetime, *, in_journal: bool = True) -> datetime:
    offset = moment - datetime.now(UTC)
    run("UPDATE installation SET clock_offset = %s WHERE id = 1", [offset])
    if in_journal:
        record(actor, action="clock.set", at=moment, object_kind="settings", after={"now": moment.isoformat()})
    return moment
