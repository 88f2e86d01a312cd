"""Idempotency-Key: a POST repeated with the same key is done once and answered the same (API.md, Conventions).

The answer is inserted by the transaction that did the work, so both exist or neither does. A transaction-level
advisory lock tells a repetition that comes while the first is still in flight. The lock and the look for an
answer are one statement; an answer committed in the instant between its snapshot and the lock is met by the
key of the table when ours is inserted, and the request begins anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import Actor, system
from strapontin.access.scope import acting
from strapontin.kit.database import row, run
from strapontin.refusals import Refusal, invalid

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
# By real time, as keys expire, and not by a sandbox's clock.
_KEY_HASH = "hashtextextended(%(actor)s::text || ' ' || %(key)s::text, 0)"
_FIND = f"""
SELECT pg_try_advisory_xact_lock({_KEY_HASH}) AS alone,
       k.request_hash, k.status, k.body, k.etag
  FROM (SELECT) AS one LEFT JOIN kept_answer k
    ON k.actor_id = %(actor)s::uuid AND k.key = %(key)s::text AND k.kept_at > now() - interval '24 hours'
"""  # noqa: S608  our own text
_HOLD = f"SELECT pg_try_advisory_lock({_KEY_HASH}) AS alone"
_LET_GO = f"SELECT pg_advisory_unlock({_KEY_HASH})"
_KEEP = """
INSERT INTO kept_answer (actor_id, key, request_hash, status, body, etag, kept_at)
VALUES (%s, %s, %s, %s, %s, %s, now())
ON CONFLICT (actor_id, key) DO UPDATE SET request_hash = excluded.request_hash, status = excluded.status,
    body = excluded.body, etag = excluded.etag, kept_at = excluded.kept_at
    WHERE kept_answer.kept_at <= now() - interval '24 hours'
"""
_FORGET = "DELETE FROM kept_answer WHERE kept_at <= now() - interval '24 hours'"


class AnsweredMeanwhileError(Exception):
    """Somebody answered the same key between our look and our work: the request must begin anew."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """A request that may be the repetition of another: its key, and a digest of everything it asks."""

    actor: Actor
    key: str
    request_hash: bytes


def repetition(request: HttpRequest, actor: Actor) -> Repetition | None:
    """What to recognise a repeated POST by; ``None`` for other methods and without the header.

    Raises ``invalid`` for a key that is empty, longer than 255 or not printable ASCII.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        raise invalid(_("A key is 1 to 255 printable ASCII characters without a space."), field="Idempotency-Key")
    asked = hashlib.sha256(f"{request.get_full_path()}\n".encode())
    asked.update(request.body)
    return Repetition(actor, key, asked.digest())


def kept(repeated: Repetition) -> HttpResponse | None:
    """The answer given before; ``None`` for a request that is new, which then owns the key until it ends.

    Raises ``in_progress`` while the first is being answered, ``key_reused`` for another request. What was answered
    is repeated to everybody, however many ask at once.
    """
    found = row(_FIND, {"actor": repeated.actor.id, "key": repeated.key})
    if found is None or (found["status"] is None and not found["alone"]):
        raise Refusal("in_progress")
    if found["status"] is None:
        return None
    if bytes(found["request_hash"]) != repeated.request_hash:
        raise Refusal("key_reused")
    response = HttpResponse(bytes(found["body"]), status=found["status"], content_type="application/json")
    response.headers["Idempotency-Replayed"] = "true"
    if found["etag"]:
        response.headers["ETag"] = found["etag"]
    return response


@contextmanager
def held(repeated: Repetition) -> Iterator[bool]:
    """Owns the key beyond a transaction, for work of many: by the connection. False where another owns it."""
    lock = {"actor": repeated.actor.id, "key": repeated.key}
    found = row(_HOLD, lock)
    owned = found is not None and bool(found["alone"])
    try:
        yield owned
    finally:
        if owned and connection.is_usable():
            row(_LET_GO, lock)


def keep(repeated: Repetition, response: HttpResponse) -> None:
    """Keeps a 2xx answer, or what may be repeated of it (``response.repeatable``: never a secret).

    Raises :class:`AnsweredMeanwhileError` where there is an answer by now.
    """
    if not 200 <= response.status_code < 300:
        return
    kept_now = run(
        _KEEP,
        [
            repeated.actor.id,
            repeated.key,
            repeated.request_hash,
            response.status_code,
            getattr(response, "repeatable", response.content),
            response.headers.get("ETag", ""),
        ],
    )
    if not kept_now:
        raise AnsweredMeanwhileError


def forget_old_answers() -> int:
    """Deletes what is older than 24 hours, for the daily job; answers how many."""
    with acting(system(), role="worker"):
        return run(_FORGET)
