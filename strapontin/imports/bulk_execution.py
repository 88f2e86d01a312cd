"""Checking and making a bulk change, in a job: it may be killed at any point, and done again.

The look ahead is one short transaction for each customer: nobody waits for it. A confirmed change is one transaction.
It locks all customers in the order of their ids, then all of their balances, and changes one after the other: until it
commits nothing of it is there; after, all of it. The digest over all customers says whether it is what was shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError
from django.utils import translation
from django.utils.crypto import constant_time_compare

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.scope import acting
from strapontin.access.standing import actor_by_now
from strapontin.allocations.openings import hold_balances, hold_customers
from strapontin.billing.effects import Effect, confirm_changes, preview_changes
from strapontin.imports.bulk_queries import BULK_COLUMNS, BulkFacts, CustomerEffect, kept_effect
from strapontin.imports.execution import ATTEMPTS, TOLD_EVERY, Clock
from strapontin.imports.problems import plain_facts
from strapontin.imports.quantities import Row, Wanted, read_quantities
from strapontin.imports.spreadsheets import Sheet, read
from strapontin.imports.states import BULK_ALLOCATIONS
from strapontin.kit.database import is_conflict, row_of, run, values_of
from strapontin.kit.rows import json_of
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal

Answer = TypeVar("Answer")

_TAKE = BULK_ALLOCATIONS.take(BULK_COLUMNS)
_LEFT = BULK_ALLOCATIONS.left("id")
_TELL = """
UPDATE bulk_allocation SET rows = %(rows)s, total = %(total)s, done = %(done)s, beat_at = clock_timestamp()
 WHERE id = %(id)s AND state = 'running'
"""
_SHOW = """
UPDATE bulk_allocation
   SET state = %(state)s, rows = %(rows)s, unchanged = %(unchanged)s, total = %(total)s, done = %(total)s,
       effects = %(effects)s::jsonb, digest = %(digest)s, errors = %(errors)s::jsonb, error_count = %(error_count)s,
       confirmed = (%(state)s = 'done'), refusal = %(refusal)s, refusal_facts = %(refusal_facts)s::jsonb,
       file = CASE WHEN %(state)s = 'ready' THEN file END,
       finished_at = CASE WHEN %(state)s = 'ready' THEN NULL ELSE %(at)s::timestamptz END
 WHERE id = %(id)s AND state = 'running'
"""


@dataclass(frozen=True, slots=True)
class _Taken(BulkFacts):
    """A bulk change that this job has taken, with its file."""

    file: bytes


def left_bulk_allocations() -> list[UUID]:
    """The bulk changes that no job has given a sign of life of lately."""
    with acting(system("job"), "worker"):
        return values_of(UUID, _LEFT)


def execute_bulk_allocation(*, bulk_id: UUID, clock: Clock) -> None:
    """Checks a bulk change and, if it is confirmed and nothing is wrong, makes it.

    Does nothing if another job is at it. ``clock`` answers the settings and the moment, inside a scope.
    """
    with acting(system("job"), "worker"):
        taken = row_of(_Taken, _TAKE, {"id": bulk_id})
    if taken is None:
        return
    execution = _Execution(taken, clock)
    try:
        execution.work(read(bytes(taken.file), taken.kind))
    except Refusal as refusal:
        execution.refuse(refusal)
    except Exception:
        execution.refuse(Refusal("server_error"))
        raise


class _Execution:
    """The work on one bulk change."""

    def __init__(self, taken: _Taken, clock: Clock) -> None:
        self._taken = taken
        self._clock = clock
        self._told = monotonic()

    def work(self, sheet: Sheet) -> None:
        """Makes the changes if they are confirmed; shows what they would do if that is to be shown first."""
        wanted, refusal = self._read(sheet), None
        if self._taken.confirmed and wanted.customers and not wanted.problem_count:
            refusal = self._again_after_conflict(lambda: self._make(wanted))
            if refusal is None:
                return
        if self._taken.preview:
            self._look_ahead(wanted, refusal)
        else:
            self._show("failed", wanted, [], refusal=refusal)

    def _asker(self) -> Actor:
        """Who asked, with the roles of this moment. Raises ``asker_left``."""
        with acting(system("job")):
            asker = actor_by_now(self._taken.actor_kind, self._taken.actor_id, door=self._taken.door)
        if asker is None:
            raise Refusal("asker_left")
        return asker

    def _read(self, sheet: Sheet) -> Wanted:
        asker = self._asker()
        with acting(asker):
            return read_quantities(grants.overview_reader(asker), sheet)

    def _look_ahead(self, wanted: Wanted, refusal: Refusal | None) -> None:
        """Computes the effect on each customer, and shows it, beside why it could not be confirmed just now."""
        effects: list[tuple[UUID, Effect]] = []
        for done, (customer_id, rows) in enumerate(wanted.customers.items()):
            self._tell(wanted, done)
            effect = self._again_after_conflict(partial(self._preview, customer_id, rows))
            if isinstance(effect, Refusal):
                wanted.refuse(customer_id, effect)
            else:
                effects.append((customer_id, effect))
        self._show("ready", wanted, effects, refusal=refusal)

    def _preview(self, customer_id: UUID, rows: Sequence[Row]) -> Effect | Refusal:
        asker = self._asker()
        with translation.override(asker.language), acting(asker):
            settings, at = self._clock()
            try:
                grant = grants.allocation_manager(asker, customer_id)
                return preview_changes(grant, changes=[row.change for row in rows], settings=settings, at=at)
            except Refusal as refusal:
                return refusal

    def _make(self, wanted: Wanted) -> Refusal | None:
        """Makes all changes, in one transaction. Answers why it makes none."""
        asker = self._asker()
        try:
            with translation.override(asker.language), acting(asker):
                if not run(BULK_ALLOCATIONS.hold, {"id": self._taken.id}):
                    # Another job was quicker.
                    return None
                settings, at = self._clock()
                self._lock(asker, list(wanted.customers))
                effects = [
                    (customer_id, self._change(asker, customer_id, rows, settings, at))
                    for customer_id, rows in wanted.customers.items()
                ]
                if self._taken.digest and not _stands_for(self._taken.digest, effects):
                    raise Refusal("preview_outdated")
                self._write("done", wanted, effects, at)
        except _CustomerRefusal as refused:
            if not self._taken.preview:
                # Otherwise the look ahead, which follows, notes it.
                wanted.refuse(refused.customer_id, refused.refusal)
            return refused.refusal
        except Refusal as refusal:
            return refusal
        return None

    def _lock(self, asker: Actor, customer_ids: Sequence[UUID]) -> None:
        hold_customers(customer_ids)
        for customer_id in customer_ids:
            grants.customer(asker, customer_id)
            hold_balances(customer_id)

    def _change(self, asker: Actor, customer_id: UUID, rows: Sequence[Row], settings: Settings, at: datetime) -> Effect:
        changes = [row.change for row in rows]
        try:
            grant = grants.allocation_manager(asker, customer_id)
            return confirm_changes(grant, changes=changes, settings=settings, at=at, reason=self._taken.file_name)
        except Refusal as refusal:
            raise _CustomerRefusal(customer_id, refusal) from refusal

    def _tell(self, wanted: Wanted, done: int) -> None:
        if monotonic() - self._told < TOLD_EVERY:
            return
        self._told = monotonic()
        with acting(system("job"), "worker"):
            told = {"id": self._taken.id, "rows": wanted.rows, "total": len(wanted.customers), "done": done}
            run(_TELL, told)

    def _show(
        self, state: str, wanted: Wanted, effects: Sequence[tuple[UUID, Effect]], *, refusal: Refusal | None
    ) -> None:
        with acting(system("job"), "worker"):
            _settings, at = self._clock()
            self._write(state, wanted, effects, at, refusal)

    def _write(
        self,
        state: str,
        wanted: Wanted,
        effects: Sequence[tuple[UUID, Effect]],
        at: datetime,
        refusal: Refusal | None = None,
    ) -> None:
        kept: list[CustomerEffect] = [kept_effect(customer_id, effect) for customer_id, effect in effects]
        shown: dict[str, Any] = {
            "id": self._taken.id,
            "state": state,
            "rows": wanted.rows,
            "unchanged": wanted.unchanged,
            "total": len(wanted.customers),
            "effects": json_of(kept),
            "digest": _digests(effects)[0] if effects else "",
            "errors": json_of(sorted(wanted.problems, key=lambda problem: problem.row or 0)),
            "error_count": wanted.problem_count,
            "refusal": refusal.code if refusal else "",
            "refusal_facts": json_of(plain_facts(refusal) if refusal else {}),
            "at": at,
        }
        run(_SHOW, shown)

    def refuse(self, refusal: Refusal) -> None:
        """Notes why nothing was changed. What was shown before may be confirmed again."""
        again = self._taken.preview and self._taken.confirmed
        with acting(system("job"), "worker"):
            _settings, at = self._clock()
            facts = json_of(plain_facts(refusal))
            noted = {"id": self._taken.id, "again": again, "code": refusal.code, "facts": facts, "at": at}
            run(BULK_ALLOCATIONS.refuse, noted)

    def _again_after_conflict(self, work: Callable[[], Answer]) -> Answer:
        for left in reversed(range(ATTEMPTS)):
            try:
                return work()
            except DatabaseError as error:
                if not left or not is_conflict(error):
                    raise
        raise AssertionError("an attempt answers or raises")


class _CustomerRefusal(Exception):  # noqa: N818 - it carries a refusal
    """The changes of one customer are refused, and so all are."""

    def __init__(self, customer_id: UUID, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.customer_id = customer_id
        self.refusal = refusal


def _digests(effects: Iterable[tuple[UUID, Effect]]) -> list[str]:
    """Stand for the effect on all customers, one digest for each secret key, as those of each effect."""
    of_keys = zip(
        *([f"{customer_id} {digest}" for digest in effect.digests] for customer_id, effect in effects), strict=True
    )
    return [hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32] for texts in of_keys]


def _stands_for(digest: str, effects: Iterable[tuple[UUID, Effect]]) -> bool:
    return any(constant_time_compare(digest, own) for own in _digests(effects))
