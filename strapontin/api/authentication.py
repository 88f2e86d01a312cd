"""The caller and the language of a REST request, from its headers."""

from __future__ import annotations

import re
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from strapontin.doors.address import client_network
from strapontin.doors.buckets import Buckets
from strapontin.doors.events import note
from strapontin.doors.keys import find_by_key, why_refused
from strapontin.doors.limits import WRONG_KEY, take
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal

_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,200}) *", re.IGNORECASE)
# In the memory of this process: a call must not cost a statement more.
_CALLS = Buckets(at_once=settings.API_CALLS_PER_MINUTE, every=60 / (settings.API_CALLS_PER_MINUTE or 1))


def authenticate(request: HttpRequest) -> Visit:
    """The visit of the API key in ``Authorization``, in the language of the request.

    Raises ``not_signed_in``, and ``too_many_requests`` for a key that calls too often, or after too many keys from one
    address that were not good. A good key is never refused for what others do.
    """
    bearer = _BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    if bearer is None:
        raise Refusal("not_signed_in")
    visit = find_by_key(bearer[1], door="api", language=wished_language(request))
    if visit is None:
        key_id, reason = why_refused(bearer[1])
        note("key.refused", request, door="api", api_key=key_id, reason=reason)
        _wait(take(WRONG_KEY, client_network(request)))
        raise Refusal("not_signed_in")
    if settings.API_CALLS_PER_MINUTE and (seconds := _CALLS.take(visit.actor.id)):
        note("key.slowed", request, door="api", api_key=visit.actor.id, wait=seconds)
        _wait(seconds)
    return visit


def _wait(seconds: int) -> None:
    if seconds:
        raise Refusal("too_many_requests", seconds=seconds)


def wished_language(request: HttpRequest) -> str | None:
    """The one of our languages that ``Accept-Language`` prefers; ``None`` if it names none of them."""
    for language, _quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        with suppress(LookupError):
            return get_supported_language_variant(language)
    return None
