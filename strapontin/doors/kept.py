"""Answers that are kept for 24 hours, so that a request sent twice is done once.

The transaction that does the work also inserts its answer: both exist or neither does. A transaction-level advisory
lock on actor and key tells a repetition that the first request is still in flight. REST refuses such a repetition, a
screen waits. The 24 hours are of real time, whatever a sandbox's clock says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, connection

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import rehearsal, row_of, run, value_of
from strapontin.refusals import OutOfScope, Refusal

# What a grant refuses besides what is out of scope (:mod:`strapontin.access.grants`), and whatever gives roles.
LOST_RIGHTS = frozenset(("role_missing", "scope_too_small", "provider_only", "cannot_grant"))
_LOCK = "hashtextextended(%(actor_id)s::text || ' ' || %(key)s::text, 0)"
_EXPIRY = "now() - interval '24 hours'"
_FIND = f"""
SELECT status, body, etag FROM kept_answer
 WHERE actor_id = %(actor_id)s::uuid AND key = %(key)s::text AND kept_at > {_EXPIRY}
"""  # noqa: S608  our own text
# Locks and looks in one statement. If an answer is committed between its snapshot and its lock, :func:`keep` meets it
# by the primary key.
_TRY = f"""
SELECT pg_try_advisory_xact_lock({_LOCK}) AS alone, k.status, coalesce(k.body, '') AS body,
       coalesce(k.etag, '') AS etag, coalesce(k.request_hash, '') AS request_hash
  FROM (SELECT) AS one LEFT JOIN kept_answer k
    ON k.actor_id = %(actor_id)s::uuid AND k.key = %(key)s::text AND k.kept_at > {_EXPIRY}
"""  # noqa: S608  our own text
_WAIT = f"SELECT pg_advisory_xact_lock({_LOCK})"
_HOLD = f"SELECT pg_try_advisory_lock({_LOCK})"
_LET_GO = f"SELECT pg_advisory_unlock({_LOCK})"
_KEEP = f"""
INSERT INTO kept_answer (actor_id, key, request_hash, status, body, etag, kept_at)
VALUES (%(actor_id)s, %(key)s, %(request_hash)s, %(status)s, %(body)s, %(etag)s, now())
ON CONFLICT (actor_id, key) DO UPDATE SET request_hash = excluded.request_hash, status = excluded.status,
    body = excluded.body, etag = excluded.etag, kept_at = excluded.kept_at
    WHERE kept_answer.kept_at <= {_EXPIRY}
"""  # noqa: S608  our own text
_FORGET_ONE = "DELETE FROM kept_answer WHERE actor_id = %(actor_id)s::uuid AND key = %(key)s::text"
_FORGET = f"DELETE FROM kept_answer WHERE kept_at <= {_EXPIRY}"  # noqa: S608  our own text


_FORGET_ABOUT = """
DELETE FROM kept_answer
 WHERE position(convert_to(%(text)s, 'UTF8') IN body) > 0 OR position(convert_to(%(as_json)s, 'UTF8') IN body) > 0
"""


class AnsweredMeanwhileError(Exception):
    """Another transaction has answered the same key meanwhile: the request must begin anew."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be a repetition: who asks, its key, and a digest of everything that it asks."""

    actor_id: UUID | None
    key: str
    request_hash: bytes

    @property
    def name(self) -> dict[str, object]:
        """The key of the answer, as the statements take it."""
        return {"actor_id": self.actor_id, "key": self.key}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is kept. Each door stores and rebuilds its own answers."""

    status: int
    body: bytes
    etag: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """The row of :data:`_TRY`; ``status`` is ``None`` if there is no answer."""

    alone: bool
    status: int | None
    body: bytes
    etag: str
    request_hash: bytes


def find_or_refuse(asked: Asked) -> Answer | None:
    """The answer given before; ``None`` for a request that is new, which then owns the key until its transaction ends.

    Raises ``in_progress`` if another transaction owns the key, ``key_reused`` if the key answered another request. An
    answer is repeated to everybody, however many ask at once.
    """
    look = row_of(_Look, _TRY, asked.name)
    if look is None or (look.status is None and not look.alone):
        raise Refusal("in_progress")
    if look.status is None:
        return None
    if look.request_hash != asked.request_hash:
        raise Refusal("key_reused")
    return Answer(look.status, look.body, look.etag)


def find_or_wait(asked: Asked) -> Answer | None:
    """As :func:`find_or_refuse`, but waits while another transaction owns the key.

    ``asked.key`` must tell one request from another by itself: ``request_hash`` is not compared.
    """
    run(_WAIT, asked.name)
    # A statement of its own: its snapshot is taken after the lock, so it sees what the lock's last holder wrote.
    return row_of(Answer, _FIND, asked.name)


def authorise_again(work: Callable[[], object]) -> None:
    """Raises the refusal that the repeated request would get by now, if its sender has lost the right to it.

    A key or an administrator may see less than before: a partner was moved, a role was taken. ``work`` is the request's
    own work: it is rehearsed and taken back, as only it knows what it asks for. What it meets because it was done
    already (a name that is taken, a user who is gone) is no reason to keep the answer back.
    """
    try:
        with rehearsal():
            work()
    except Refusal as refusal:
        if isinstance(refusal, OutOfScope) or refusal.code in LOST_RIGHTS:
            raise
    except IntegrityError:
        # Done already, says the database.
        pass


@contextmanager
def held(asked: Asked) -> Iterator[bool]:
    """Owns the key by the connection, for work of many transactions; false if another one owns it."""
    owned = value_of(bool, _HOLD, asked.name) is True
    try:
        yield owned
    finally:
        if owned and connection.is_usable():
            run(_LET_GO, asked.name)


def keep(asked: Asked, answer: Answer) -> None:
    """Keeps an answer in the transaction that did the work.

    Raises :class:`AnsweredMeanwhileError` if there is an answer by now.
    """
    kept = {"request_hash": asked.request_hash, "status": answer.status, "body": answer.body, "etag": answer.etag}
    if not run(_KEEP, asked.name | kept):
        raise AnsweredMeanwhileError


def forget(asked: Asked) -> None:
    """Deletes the answer to a request that was refused after all: it may be asked again."""
    run(_FORGET_ONE, asked.name)


def forget_about(texts: Iterable[str]) -> None:
    """Deletes the answers in which one of the texts stands. Needs the worker's role.

    A request whose answer is gone can be repeated by its key; that is refused by what it would do twice.
    """
    for text in texts:
        as_json = json.dumps(text)[1:-1]
        run(_FORGET_ABOUT, {"text": text, "as_json": as_json})


def forget_old() -> int:
    """Deletes the answers that are older than 24 hours; returns how many there were."""
    with acting(system(), role="worker"):
        return run(_FORGET)
