"""Answers of the REST door: JSON bytes, lists, entity tags."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from strapontin.doors.calls import Awaited
from strapontin.kit.money import CENT
from strapontin.refusals import Refusal, invalid

_ETAG = re.compile(r'"([0-9]{1,18})"')
# Of what we answer, msgspec does not know lazy translations.
_encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="string")


def encode(payload: Any) -> bytes:
    """``payload`` as JSON: decimals as strings, ids and dates as ISO text, dataclasses as objects."""
    return _encoder.encode(payload)


def answer(payload: Any, *, status: int = 200, version: int | None = None) -> HttpResponse:
    """A JSON answer; ``version`` becomes the entity tag of a changeable thing."""
    response = HttpResponse(encode(payload), status=status, content_type="application/json")
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return response


def tagged(payload: Any, *, status: int = 200) -> HttpResponse:
    """A JSON answer about something without a version. Its entity tag is a digest of the answer."""
    response = answer(payload, status=status)
    response.headers["ETag"] = _digest(response.content)
    return response


def must_match(request: HttpRequest, payload: Any) -> None:
    """Raises ``changed_meanwhile`` if ``If-Match`` is not the entity tag of ``payload``, the present state."""
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if header not in ("", "*", _digest(encode(payload))):
        raise Refusal("changed_meanwhile")


def _digest(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def created(payload: Any, *, version: int | None = None) -> HttpResponse:
    """201 with what was made."""
    return answer(payload, status=201, version=version)


class Told(HttpResponse):
    """An answer that waits for what a stack says; ``afresh`` answers again if the stack did what was asked."""

    def __init__(self, response: HttpResponse, call: Awaited, afresh: Callable[[], HttpResponse] | None) -> None:
        super().__init__(response.content, status=response.status_code, headers=response.headers)
        self.call = call
        self.afresh = afresh


def telling(
    response: HttpResponse, call: Awaited | None, afresh: Callable[[], HttpResponse] | None = None
) -> HttpResponse:
    """The response, which waits for the call to a stack if there is one."""
    return Told(response, call, afresh) if call else response


def no_content() -> HttpResponse:
    """204: the answer to a DELETE."""
    return HttpResponse(status=204)


def expected_version(request: HttpRequest) -> int | None:
    """The version that ``If-Match`` asks for; ``None`` without the header or for ``*``.

    Raises ``changed_meanwhile`` for a tag that this door never gave, ``invalid`` for several tags.
    """
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if header in ("", "*"):
        return None
    if "," in header:
        raise invalid(_("One entity tag is expected."), field="If-Match")
    tag = _ETAG.fullmatch(header)
    if tag is None:
        raise Refusal("changed_meanwhile")
    return int(tag[1])


def money(amount: Decimal) -> str:
    """An amount with two decimals, as text."""
    return str(amount.quantize(CENT))


def percent(rate: Decimal) -> str:
    """A rate without needless zeros: ``10``, ``12.5``."""
    return f"{rate.normalize():f}"
