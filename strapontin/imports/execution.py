"""Checking and importing a file, in a job: it may be killed at any point, and done again.

The file is read and checked first. One transaction then does the rest: it compares with what is there and, if the
import is confirmed, allocates, claims and creates. Until it commits, nothing of it is there; after, all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.grants import UserManager
from strapontin.access.scope import acting
from strapontin.access.standing import actor_by_now
from strapontin.allocations.operations import lock_places, make_room
from strapontin.allocations.rules import rooms_for
from strapontin.imports import queries
from strapontin.imports.checking import MOST_KEPT, Checked, check
from strapontin.imports.columns import guess
from strapontin.imports.outlook import look_ahead
from strapontin.imports.problems import Problem, plain_facts
from strapontin.imports.queries import IMPORT_COLUMNS, ImportFacts, PlaceUsers
from strapontin.imports.spreadsheets import Sheet, read
from strapontin.imports.states import USER_IMPORTS
from strapontin.journal.operations import record_below
from strapontin.kit.database import is_conflict, row_of, rows_of, run
from strapontin.kit.rows import json_of
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal
from strapontin.seats.many import UserList, claim_many

Clock = Callable[[], tuple[Settings, datetime]]

ATTEMPTS = 3
# Progress is told so often, in seconds.
TOLD_EVERY = 0.5
_TAKE = USER_IMPORTS.take(IMPORT_COLUMNS)
_OPEN = USER_IMPORTS.left("customer_id, id")
_TELL = """
UPDATE user_import SET rows = %(rows)s, rows_done = %(done)s, beat_at = clock_timestamp()
 WHERE customer_id = %(customer)s AND id = %(id)s AND state = 'running'
"""
_SHOW = """
UPDATE user_import
   SET state = %(state)s, heads = %(heads)s::jsonb, fields = %(fields)s::jsonb, rows = %(rows)s, rows_done = %(rows)s,
       places = %(places)s::jsonb, errors = %(errors)s::jsonb, error_count = %(error_count)s,
       confirmed = %(confirmed)s,
       file = CASE WHEN %(state)s = 'ready' THEN file END,
       finished_at = CASE WHEN %(state)s = 'ready' THEN NULL ELSE %(at)s::timestamptz END
 WHERE customer_id = %(customer)s AND id = %(id)s AND state = 'running'
"""
_DONE = """
UPDATE user_import
   SET state = 'done', created = %(created)s, rows_done = rows, file = NULL, finished_at = %(at)s
 WHERE customer_id = %(customer)s AND id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class _Taken(ImportFacts):
    """An import that this job has taken, with its file."""

    file: bytes


@dataclass(frozen=True, slots=True)
class OpenImport:
    """An import whose job was killed, or lost."""

    customer_id: UUID
    id: UUID


def left_imports() -> list[OpenImport]:
    """The imports that no job has given a sign of life of lately."""
    with acting(system("job"), "worker"):
        return rows_of(OpenImport, _OPEN)


def execute_import(*, customer_id: UUID, import_id: UUID, clock: Clock) -> None:
    """Checks an import and, if it is confirmed and nothing is wrong, carries it out.

    Does nothing if another job is at it. ``clock`` answers the settings and the moment, inside a scope.
    """
    execution = _Execution(customer_id, import_id, clock)
    taken = execution.take()
    if taken is None:
        return
    try:
        sheet = read(bytes(taken.file), taken.kind)
        chosen, checked = execution.check(taken, sheet)
        execution.settle(taken, sheet, chosen, checked)
    except Refusal as refusal:
        execution.refuse(taken, refusal)
    except Exception:
        execution.refuse(taken, Refusal("server_error"))
        raise


class _Execution:
    """The work on one import."""

    def __init__(self, customer_id: UUID, import_id: UUID, clock: Clock) -> None:
        self._named: dict[str, Any] = {"customer": customer_id, "id": import_id}
        self._customer_id = customer_id
        self._clock = clock
        self._told = monotonic()

    def take(self) -> _Taken | None:
        """Takes the import, or answers ``None``."""
        with acting(system("job")):
            grants.customer(system("job"), self._customer_id)
            return row_of(_Taken, _TAKE, self._named)

    def check(self, taken: _Taken, sheet: Sheet) -> tuple[list[str], Checked]:
        """What each column is for, and the rows checked by themselves."""
        with acting(system("job")):
            seen = grants.customer(system("job"), self._customer_id)
            chosen = taken.fields or guess(sheet.heads, queries.remembered_columns(seen))
            places = queries.places(seen)
        rows = sum(1 for _ in sheet.numbered())
        return chosen, check(sheet, chosen, places, tell=lambda done: self._tell(rows, done))

    def _tell(self, rows: int, done: int) -> None:
        if monotonic() - self._told < TOLD_EVERY:
            return
        self._told = monotonic()
        with acting(system("job")):
            grants.customer(system("job"), self._customer_id)
            run(_TELL, self._named | {"rows": rows, "done": done})

    def settle(self, taken: _Taken, sheet: Sheet, chosen: list[str], checked: Checked) -> None:
        """Compares with what is there; imports, or shows what was found. Begins anew after a conflict."""
        users = UserList(checked.users)
        for left in reversed(range(ATTEMPTS)):
            try:
                self._settle(taken, sheet, chosen, checked, users)
                return
            except DatabaseError as error:
                if not left or not is_conflict(error):
                    raise

    def _settle(self, taken: _Taken, sheet: Sheet, chosen: list[str], checked: Checked, users: UserList) -> None:
        with acting(system("job")):
            asker = actor_by_now(taken.actor_kind, taken.actor_id, door=taken.door)
        if asker is None:
            raise Refusal("asker_left")
        with acting(asker):
            grant = grants.user_manager(asker, self._customer_id)
            if not run(USER_IMPORTS.hold, self._named):
                # Another job was quicker.
                return
            settings, at = self._clock()
            problems = _problems_of_emails(grant, users, sheet, chosen)
            errors = [*checked.problems, *problems]
            error_count = checked.problem_count + len(problems)
            places = [PlaceUsers(site, code, count) for (site, code), count in users.places.items()]
            confirmed = taken.confirmed and not error_count
            shown = {
                "state": "ready" if taken.preview or confirmed else "failed",
                "heads": json_of(sheet.heads),
                "fields": json_of(chosen),
                "rows": sum(1 for _ in sheet.numbered()),
                "places": json_of(places),
                "errors": json_of(sorted(errors, key=lambda problem: problem.row or 0)[:MOST_KEPT]),
                "error_count": error_count,
                "confirmed": confirmed,
                "at": at,
            }
            run(_SHOW, self._named | shown)
            if confirmed:
                self._import(grant, taken, users, settings, at)

    def _import(self, grant: UserManager, taken: _Taken, users: UserList, settings: Settings, at: datetime) -> None:
        """Allocates what is missing, claims all seats and creates all users. Raises what stands in the way."""
        facts = queries.user_import(grant, import_id=taken.id)
        # Locked before the look: its own locks end with its savepoint, and nothing may come between.
        lock_places(grant.actor, grant.customer.id, list(users.places), settings=settings, at=at)
        outlook = look_ahead(grant, facts, settings=settings, at=at)
        if taken.expected_digest:
            outlook.expect(taken.expected_digest)
        outlook.expect_seats(grant, allocate_missing=taken.allocate_missing)
        if outlook.missing:
            manager = grant.allocation_manager()
            make_room(manager, rooms=rooms_for(users.places), settings=settings, at=at)
        created = claim_many(grant, users, settings=settings, at=at)
        run(_DONE, self._named | {"created": created, "at": at})
        after = {"users": created, "seats": sum(outlook.missing.values())}
        record_below(grant, action="user_import.confirm", at=at, object_id=taken.id, after=after)

    def refuse(self, taken: _Taken, refusal: Refusal) -> None:
        """Notes why nothing was imported. An import that was shown and could be read may be confirmed again."""
        again = taken.preview and taken.confirmed
        facts = plain_facts(refusal)
        with acting(system("job")):
            grants.customer(system("job"), self._customer_id)
            _settings, at = self._clock()
            noted = {"again": again, "code": refusal.code, "facts": json_of(facts), "at": at}
            run(USER_IMPORTS.refuse, self._named | noted)


def _problems_of_emails(grant: UserManager, users: UserList, sheet: Sheet, chosen: list[str]) -> list[Problem]:
    """The rows whose e-mail a user of the customer has already."""
    numbers = users.rows_with_taken_email(grant.customer.id, limit=MOST_KEPT) if users.places else []
    head = sheet.heads[chosen.index("email")] if numbers else ""
    return [Problem(number, head, "email", "email_in_use") for number in numbers]
