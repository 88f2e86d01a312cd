"""Reads the tenants of one synchronisation, shows how far it is, and applies what their stacks have (SPEC 6)."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.grants import CustomerFacts
from strapontin.access.scope import acting
from strapontin.kit.database import exists, is_conflict, row_of, rows_of, run, statement
from strapontin.kit.rows import json_of
from strapontin.organisation.settings import Settings
from strapontin.seats.differences import Differences
from strapontin.seats.observed import apply_users
from strapontin.stacks.base import Connector, StackError, StackUser, TypeCount, checked
from strapontin.stacks.queries import UnmappedType, stack_types

logger = logging.getLogger(__name__)
# One failure marks a stack silent for so long: synchronisations of other customers do not wait for it in turn.
SILENT_FOR = timedelta(minutes=3)
# After so long, a synchronisation asks no further stack.
MOST_SECONDS = 300
Clock = Callable[[], tuple[Settings, datetime]]

_BEAT = "UPDATE synchronization SET beat_at = %s WHERE customer_id = %s AND id = %s AND state = 'running'"
_TO_READ = statement(__file__, "tenants_to_read.sql")
_UPDATE_READING = statement(__file__, "update_reading.sql")
_NOTE_READ = """
UPDATE site_tenant SET synchronized_at = %(at)s, tried_at = %(at)s, error_code = ''
 WHERE customer_id = %(customer)s AND id = %(tenant)s
"""
_NOTE_COMPARED = """
UPDATE site_tenant SET unmapped = %(unmapped)s::jsonb, agreed = %(agreed)s
 WHERE customer_id = %(customer)s AND id = %(tenant)s
"""
_NOTE_FAILURE = "UPDATE site_tenant SET tried_at = %s, error_code = %s WHERE customer_id = %s AND id = %s"
_MARK_SILENT = """
UPDATE stack SET silent_since = coalesce(silent_since, %(at)s), silent_until = %(until)s WHERE id = %(stack)s
"""
_SPEAKS = "UPDATE stack SET silent_since = NULL, silent_until = NULL WHERE id = %s AND silent_since IS NOT NULL"
_NOTE_SERVER = "UPDATE stack SET server_uuid = %s WHERE id = %s"
_SAME_SERVER = "SELECT 1 FROM stack WHERE server_uuid = %s AND id <> %s LIMIT 1"
_OTHERS_UNREAD = statement(__file__, "others_unread.sql")
_STATE_HERE = statement(__file__, "state_here.sql")
_FINISH = statement(__file__, "finish_synchronization.sql")


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant to be read.

    ``silent``: its stack did not answer a short while ago, whichever customer asked. ``silent_since``: of the first
    failure, until the stack answers again.
    """

    tenant_id: UUID
    site_id: UUID
    stack_id: UUID
    tenant_uuid: UUID
    server_unknown: bool
    silent_since: datetime | None
    silent: bool


@dataclass(frozen=True, slots=True)
class _StateHere:
    """``agreed`` is a digest of the answer with which nothing differed, and of what it was compared with."""

    agreed: bytes
    balances: str
    newest_call: UUID | None


class _StoppedError(Exception):
    """The synchronisation has ended, or another worker has read the tenant: this reading is dropped."""


class SilentError(StackError):
    """The stack did not answer a short while ago, and is not asked yet. ``since``: of its first failure."""

    def __init__(self, since: datetime) -> None:
        super().__init__("silent", "the stack did not answer a short while ago")
        self.since = since


class Reader:
    """One synchronisation under way: its scope, its connectors, and the time that it may take."""

    def __init__(
        self,
        customer_id: UUID,
        sync_id: UUID,
        clock: Clock,
        connect: Callable[[UUID], Connector],
    ) -> None:
        self.customer_id = customer_id
        self.sync_id = sync_id
        self.clock = clock
        self.connect = connect
        self.actor: Actor = system("job")
        self.types: Mapping[int, str] = {}
        self.connectors: dict[UUID, Connector] = {}
        # Whether a stack was not asked since it is silent: the synchronisation is to be done again later.
        self.left_out = False
        self.silent: dict[UUID, datetime] = {}
        self.deadline = monotonic() + MOST_SECONDS
        self.servers: set[UUID] = set()

    @contextmanager
    def scope(self) -> Iterator[CustomerFacts]:
        """A transaction in the scope of the customer; answers the customer."""
        with acting(self.actor):
            yield grants.customer(self.actor, self.customer_id).customer

    def still_to_read(self) -> list[Tenant]:
        """The tenants that still wait. Ends the synchronisation if there are none."""
        with self.scope():
            _, at = self.clock()
            # The beat also locks the synchronisation: a request to widen it comes before, or finds it ended.
            if not run(_BEAT, [at, self.customer_id, self.sync_id]):
                return []
            self.types = stack_types()
            tenants = rows_of(Tenant, _TO_READ, {"customer": self.customer_id, "sync": self.sync_id, "at": at})
            if not tenants:
                run(_FINISH, {"customer": self.customer_id, "sync": self.sync_id, "at": at})
            return tenants

    def read(self, tenant: Tenant) -> None:
        """Reads one tenant, or notes why that was not possible."""
        try:
            self._read(tenant)
        except _StoppedError:
            return
        except StackError as error:
            failure = error
        except Exception as error:
            # Only its name: the text of a database's error quotes values.
            failure = StackError("internal", type(error).__name__)
        else:
            return
        if failure.silent:
            self._mark_silent(tenant.stack_id)
        logger.warning("tenant %s was not read: %s", tenant.tenant_id, failure)
        with suppress(_StoppedError):
            self._note_failure(tenant, failure)

    def _read(self, tenant: Tenant) -> None:
        """Shows the counts at once, then applies the users as a difference."""
        if monotonic() > self.deadline:
            raise StackError("out_of_time", f"the synchronisation has taken {MOST_SECONDS} s")
        since = self.silent.get(tenant.stack_id) or (tenant.silent_since if tenant.silent else None)
        if since is not None:
            self.left_out = True
            raise SilentError(since)
        # Users come and go between the two questions: if the answers contradict each other, both are asked once more.
        if not (self._read_once(tenant) or self._read_once(tenant)):
            raise StackError("nonsense", "the counts and the list of users contradict each other")
        if tenant.silent_since:
            with self.scope():
                run(_SPEAKS, [tenant.stack_id])
        if tenant.server_unknown and tenant.stack_id not in self.servers:
            self._learn_server(tenant.stack_id)

    def _mark_silent(self, stack_id: UUID) -> None:
        """Notes that the stack did not answer: for the other tenants, and for the other customers."""
        with self.scope():
            _, at = self.clock()
            self.silent[stack_id] = at
            run(_MARK_SILENT, {"stack": stack_id, "at": at, "until": at + SILENT_FOR})

    def _learn_server(self, stack_id: UUID) -> None:
        """Asks a stack which server it is, once; the users are read whether it answers or not."""
        self.servers.add(stack_id)
        with suppress(StackError):
            server_uuid = self._connector(stack_id).server_uuid()
            if server_uuid is None:
                return
            with self.scope():
                run(_NOTE_SERVER, [server_uuid, stack_id])
                if exists(_SAME_SERVER, [server_uuid, stack_id]):
                    logger.warning("stack %s is the same server as another stack", stack_id)

    def _read_once(self, tenant: Tenant) -> bool:
        """Asks for the counts and the users, and applies them. Answers ``False`` if they contradict each other."""
        connector = self._connector(tenant.stack_id)
        counts = connector.counts(tenant_uuid=tenant.tenant_uuid)
        self._note_counts(tenant, counts)
        with self.scope():
            _, asked_at = self.clock()
        expected = sum(count.count for count in counts)
        answer = connector.fetch_users(tenant_uuid=tenant.tenant_uuid, expected=expected)
        digest = sha256(answer.digest + repr(sorted(_numbers(counts).items())).encode()).digest()
        if self._is_unchanged(tenant, digest):
            return True
        users = checked(answer.users())
        if _numbers(counts) != Counter(user.stack_type_id for user in users if user.stack_type_id is not None):
            return False
        try:
            self._apply(tenant, users, digest, asked_at)
        except DatabaseError as error:
            if not is_conflict(error):
                raise
            # Another transaction stood in the way, and has gone on: once more.
            self._apply(tenant, users, digest, asked_at)
        return True

    def _connector(self, stack_id: UUID) -> Connector:
        if stack_id not in self.connectors:
            self.connectors[stack_id] = self.connect(stack_id)
        return self.connectors[stack_id]

    def _note_counts(self, tenant: Tenant, counts: Sequence[TypeCount]) -> None:
        users: Counter[str] = Counter()
        unmapped = []
        for count in counts:
            if code := self.types.get(count.stack_type_id):
                users[code] += count.count
            else:
                unmapped.append(UnmappedType(count.stack_type_id, count.count))
        with self.scope():
            self._update(tenant, state="counted", counts=users, unmapped=unmapped)

    def _compared(self, tenant: Tenant, digest: bytes) -> tuple[bytes, bool]:
        """A digest of the answers and of what they are compared with, and whether the two agreed before.

        Locks the tenant: two synchronisations apply their answers one after another.
        """
        here = row_of(_StateHere, _STATE_HERE, [self.customer_id, tenant.tenant_id])
        if here is None:
            raise _StoppedError
        state = repr((here.balances, here.newest_call, sorted(self.types.items())))
        compared = sha256(digest + state.encode()).digest()
        return compared, here.agreed == compared

    def _is_unchanged(self, tenant: Tenant, digest: bytes) -> bool:
        """Whether the answer is the one that agreed with what is here; then the tenant is read."""
        with self.scope():
            _, unchanged = self._compared(tenant, digest)
            if unchanged:
                _, at = self.clock()
                self._update(tenant, state="done", differences=Differences(), synchronized_at=at)
                run(_NOTE_READ, {"customer": self.customer_id, "tenant": tenant.tenant_id, "at": at})
        return unchanged

    def _apply(self, tenant: Tenant, users: Sequence[StackUser], digest: bytes, asked_at: datetime) -> None:
        with self.scope() as customer:
            compared, _ = self._compared(tenant, digest)
            place = {"customer": self.customer_id, "site": tenant.site_id, "tenant": tenant.tenant_id}
            others_unread = exists(_OTHERS_UNREAD, {**place, "sync": self.sync_id})
            settings, at = self.clock()
            comparison = apply_users(
                self.actor,
                customer,
                site_id=tenant.site_id,
                tenant_id=tenant.tenant_id,
                users=users,
                types=self.types,
                asked_at=asked_at,
                today=settings.day(at),
                at=at,
                last_of_site=not others_unread,
            )
            unmapped = [UnmappedType(type_id, count) for type_id, count in sorted(comparison.unmapped.items())]
            self._update(
                tenant,
                state="done",
                counts=comparison.used,
                unmapped=unmapped,
                differences=comparison.differences,
                synchronized_at=at,
            )
            run(_NOTE_READ, {**place, "at": at})
            agreed = compared if comparison.agreed else b""
            run(_NOTE_COMPARED, {**place, "unmapped": json_of(unmapped), "agreed": agreed})

    def _note_failure(self, tenant: Tenant, error: StackError) -> None:
        with self.scope():
            _, at = self.clock()
            silent_since = error.since if isinstance(error, SilentError) else None
            # The tenant before its reading, as an answer that is applied locks them.
            run(_NOTE_FAILURE, [at, error.code, self.customer_id, tenant.tenant_id])
            self._update(tenant, state="failed", error=error.code, silent_since=silent_since)

    def _update(
        self,
        tenant: Tenant,
        *,
        state: str,
        error: str = "",
        counts: Mapping[str, int] | None = None,
        unmapped: Sequence[UnmappedType] | None = None,
        differences: Differences | None = None,
        synchronized_at: datetime | None = None,
        silent_since: datetime | None = None,
    ) -> None:
        """Notes how far the reading of a tenant is, and beats. What is ``None`` stays as it is."""
        _, at = self.clock()
        reading = {
            "customer": self.customer_id,
            "sync": self.sync_id,
            "tenant": tenant.tenant_id,
            "state": state,
            "error": error,
            "silent_since": silent_since,
            "counts": _json(counts),
            "unmapped": _json(unmapped),
            "differences": _json(differences),
            "synchronized_at": synchronized_at,
        }
        if not (run(_UPDATE_READING, reading) and run(_BEAT, [at, self.customer_id, self.sync_id])):
            raise _StoppedError


def _numbers(counts: Sequence[TypeCount]) -> Counter[int]:
    """The users by the stack's number of their type; a number without users is the same as none."""
    return +Counter({count.stack_type_id: count.count for count in counts})


def _json(value: Any) -> str | None:
    return None if value is None else json_of(value)
