"""One press, one order: a form sent twice is done once, whatever the browser, the network or the reader did.

A form carries a token of its own. The transaction that does what the form asks keeps the answer beside it, under
the token and everything that was typed: sent again unchanged (double click, back button, reload), the first
answer is given once more. Sent again with other values it is another order, and digests and versions decide.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from strapontin.kit.database import row, run
from strapontin.web.frame.answers import Done
from strapontin.web.frame.visit import OPENED_BY, PageRequest

FIELD = "once"
# The same answers are kept for the REST door's Idempotency-Key, for 24 hours of real time.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))::text AS locked"
_FIND = "SELECT body FROM kept_answer WHERE actor_id = %s AND key = %s AND kept_at > now() - interval '24 hours'"
_KEEP = """
INSERT INTO kept_answer (actor_id, key, request_hash, status, body, etag, kept_at)
VALUES (%s, %s, %s, %s, %s, '', now()) ON CONFLICT (actor_id, key) DO NOTHING
"""
_NOT_TYPED = frozenset(("csrfmiddlewaretoken", OPENED_BY))


def token() -> str:
    """A new token for a form."""
    return secrets.token_urlsafe(12)


def _digest(request: HttpRequest) -> bytes:
    typed = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name not in _NOT_TYPED]
    return hashlib.sha256(json.dumps([request.path, typed]).encode()).digest()


def done_once(request: PageRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Answers with ``work``, or with what the same form brought before.

    Only what was done is kept: after a refusal, the same form may well be sent again.
    """
    if request.method != "POST" or not request.POST.get(FIELD):
        return work()
    digest = _digest(request)
    key = f"screen:{digest.hex()}"
    row(_LOCK, [f"{request.actor.id} {key}"])
    # A statement of its own: its snapshot is taken after the lock, and sees what the lock's last holder wrote.
    if found := row(_FIND, [request.actor.id, key]):
        return Done(**json.loads(bytes(found["body"])))
    response = work()
    if isinstance(response, Done):
        title, _, body = response.text.partition("\n")
        kept = json.dumps({"url": response.url, "title": title, "body": body, "level": response.level})
        run(_KEEP, [request.actor.id, key, digest, response.status_code, kept.encode()])
    return response
