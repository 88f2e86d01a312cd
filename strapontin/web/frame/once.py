"""A form sent twice is done once.

A form carries a token of its own. The transaction that does the form's work keeps the answer under the token and
everything that was typed. If the same form is sent again unchanged (double click, back button, reload), it gets the
first answer. If it is sent again with other values, it is another order: digests and versions decide.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from strapontin.doors import kept
from strapontin.doors.kept import Answer, Asked
from strapontin.web.frame.answers import Done
from strapontin.web.frame.visit import OPENED_BY, PageRequest

FIELD = "once"
_NOT_TYPED = frozenset(("csrfmiddlewaretoken", OPENED_BY))


def token() -> str:
    """A new token for a form."""
    return secrets.token_urlsafe(12)


def _digest(request: HttpRequest) -> bytes:
    typed = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name not in _NOT_TYPED]
    return hashlib.sha256(json.dumps([request.path, typed]).encode()).digest()


def done_once(request: PageRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Answers with ``work``, or with the answer that the same form got before.

    A refusal is not kept: after it, the same form may be sent again.
    """
    if request.method != "POST" or not request.POST.get(FIELD):
        return work()
    digest = _digest(request)
    asked = Asked(request.actor.id, f"screen:{digest.hex()}", digest)
    if before := kept.find_or_wait(asked):
        kept.authorise_again(work)
        return Done(**json.loads(before.body))
    response = work()
    if isinstance(response, Done):
        title, _, body = response.text.partition("\n")
        done = {"url": response.url, "title": title, "body": body, "level": response.level}
        kept.keep(asked, Answer(response.status_code, json.dumps(done).encode()))
    return response
