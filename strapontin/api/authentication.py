"""The caller and the language of a REST request, from its headers."""

from __future__ import annotations

import re
from contextlib import suppress

from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from strapontin.doors.keys import find_by_key
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal

_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,200}) *", re.IGNORECASE)


def authenticate(request: HttpRequest) -> Visit:
    """The visit of the API key in ``Authorization``, in the language of the request. Raises ``not_signed_in``."""
    bearer = _BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    visit = find_by_key(bearer[1], door="api", language=wished_language(request)) if bearer else None
    if visit is None:
        raise Refusal("not_signed_in")
    return visit


def wished_language(request: HttpRequest) -> str | None:
    """The one of our languages that ``Accept-Language`` prefers; ``None`` if it names none of them."""
    for language, _quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        with suppress(LookupError):
            return get_supported_language_variant(language)
    return None
