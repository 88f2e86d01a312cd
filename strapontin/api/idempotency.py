"""Idempotency-Key: a POST repeated with the same key is done once and answered the same (API.md, Conventions).

:mod:`strapontin.doors.kept` keeps the answers.
"""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import Actor
from strapontin.doors import kept
from strapontin.doors.kept import Answer, Asked
from strapontin.refusals import invalid

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def asked_with_key(request: HttpRequest, actor: Actor) -> Asked | None:
    """The key and the digest of a POST that may be repeated; ``None`` for other methods and without the header.

    Raises ``invalid`` for a key that is empty, longer than 255 or not printable ASCII.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        raise invalid(_("A key is 1 to 255 printable ASCII characters without a space."), field="Idempotency-Key")
    digest = hashlib.sha256(f"{request.get_full_path()}\n".encode())
    digest.update(request.body)
    return Asked(actor.id, key, digest.digest())


def answer_before(asked: Asked) -> HttpResponse | None:
    """The answer given before; ``None`` for a request that is new.

    Raises ``in_progress`` while the first is being answered, ``key_reused`` for another request.
    """
    answer = kept.find_or_refuse(asked)
    if answer is None:
        return None
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    response.headers["Idempotency-Replayed"] = "true"
    if answer.etag:
        response.headers["ETag"] = answer.etag
    return response


def keep(asked: Asked, response: HttpResponse) -> None:
    """Keeps a 2xx answer. ``response.repeatable`` replaces a body that must not be repeated, as it holds a secret.

    Raises :class:`strapontin.doors.kept.AnsweredMeanwhileError` if there is an answer by now.
    """
    if 200 <= response.status_code < 300:
        body = getattr(response, "repeatable", response.content)
        kept.keep(asked, Answer(response.status_code, body, response.headers.get("ETag", "")))
