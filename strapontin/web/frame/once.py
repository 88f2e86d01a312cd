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
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from strapontin.doors import kept
from strapontin.doors.calls import Awaited
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
    digest = hashlib.sha256(json.dumps([request.path, typed]).encode())
    for name in sorted(request.FILES):
        # Another file in the same form is another order.
        for file in request.FILES.getlist(name):
            digest.update(name.encode() + hashlib.sha256(file.read()).digest())
            file.seek(0)
    return digest.digest()


def _asked(request: PageRequest) -> Asked | None:
    """The form as what was asked; ``None`` for what is no form that is done once."""
    if request.method != "POST" or not request.POST.get(FIELD):
        return None
    digest = _digest(request)
    return Asked(request.actor.id, f"screen:{digest.hex()}", digest)


def forget(request: PageRequest) -> None:
    """Forgets the answer to a form that a stack refused: the same form may be sent again."""
    if asked := _asked(request):
        kept.forget(asked)


def done_once(request: PageRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Answers with ``work``, or with the answer that the same form got before.

    A refusal is not kept: after it, the same form may be sent again.
    """
    asked = _asked(request)
    if asked is None:
        return work()
    if before := kept.find_or_wait(asked):
        kept.authorise_again(work)
        done = json.loads(before.body)
        call = done.pop("call", None)
        return Done(**done, call=Awaited(*map(UUID, call)) if call else None)
    response = work()
    if isinstance(response, Done):
        title, _, body = response.text.partition("\n")
        done = {"url": response.url, "title": title, "body": body, "level": response.level}
        if response.call:
            done["call"] = [str(response.call.customer_id), str(response.call.call_id)]
        kept.keep(asked, Answer(response.status_code, json.dumps(done).encode()))
    return response
