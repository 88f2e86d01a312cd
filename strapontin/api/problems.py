"""Refusals and faults as ``application/problem+json`` (RFC 9457), in the caller's language."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from ninja.errors import HttpError, ValidationError

from strapontin.api.answers import encode
from strapontin.refusals import Refusal, by_constraint

log = logging.getLogger(__name__)

# pydantic's type of an error -> our sentence; formatted with the error's own context.
_SENTENCES: dict[str, Any] = {
    "missing": _("This is required."),
    "told": "{sentence}",
    "extra_forbidden": _("There is no such field."),
    "int_type": _("A whole number is expected."),
    "int_parsing": _("A whole number is expected."),
    "int_parsing_size": _("This number is too large."),
    "greater_than_equal": _("At least {ge} is expected."),
    "less_than_equal": _("At most {le} is expected."),
    "bool_type": _("true or false is expected."),
    "bool_parsing": _("true or false is expected."),
    "string_type": _("A text is expected."),
    "string_too_short": _("This cannot be empty."),
    "string_too_long": _("At most {max_length} characters are expected."),
    "too_long": ngettext_lazy(
        "At most {max_length} entry is expected.", "At most {max_length} entries are expected.", "max_length"
    ),
    "too_short": ngettext_lazy(
        "At least {min_length} entry is expected.", "At least {min_length} entries are expected.", "min_length"
    ),
    "literal_error": _("One of these is expected: {expected}."),
    "uuid_type": _("An id is expected."),
    "uuid_parsing": _("An id is expected."),
    "list_type": _("A list is expected."),
    "dict_type": _("An object is expected."),
    "model_type": _("An object is expected."),
    "model_attributes_type": _("An object is expected."),
    "date_from_datetime_parsing": _("A date looks like 2022-11-01."),
    "datetime_from_date_parsing": _("A moment looks like 2022-11-01T08:00:00+01:00."),
}
_OTHERWISE = _("This value cannot be accepted.")


def problem(refusal: Refusal) -> HttpResponse:
    """The answer for a refusal, with its facts beside its code."""
    # ``type`` is a member of every problem (RFC 9457), so the type of subscription needs another name.
    facts = {("subscription_type" if name == "type" else name): fact for name, fact in refusal.facts.items()}
    explanation = facts.pop("explanation", None)
    # The explanation of ``already_exists`` is a name; a name is no reason.
    reason = explanation if refusal.code in ("invalid", "refused_by_stack") else refusal.sentence
    if field := facts.pop("field", None):
        facts["errors"] = [{"field": field, "reason": str(reason)}]
    body = {
        "type": "about:blank",
        "status": refusal.status,
        "title": HTTPStatus(refusal.status).phrase,
        "detail": refusal.sentence,
        "code": refusal.code,
        **facts,
    }
    response = HttpResponse(encode(body), status=refusal.status, content_type="application/problem+json")
    # Otherwise Django would log a warning for each refusal.
    response._has_been_logged = True  # type: ignore[attr-defined]
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = refusal.facts["allow"]
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(refusal.facts["seconds"])
    return response


def refusal_of(error: Exception) -> Refusal:
    """The refusal that the caller gets for any error of a request. Logs faults of ours."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ValidationError):
        return _invalid(error)
    if isinstance(error, Http404):
        return Refusal("not_found")
    if isinstance(error, RequestDataTooBig):
        return Refusal("too_large")
    if isinstance(error, HttpError | UnreadablePostError):
        return Refusal("malformed", explanation=_("this is not JSON."))
    if isinstance(error, DatabaseError | InterfaceError):
        return _database(error)
    log.exception("a request failed", exc_info=error)
    return Refusal("server_error")


def _database(error: DatabaseError | InterfaceError) -> Refusal:
    if isinstance(error, OperationalError | InterfaceError):
        log.error("the database does not answer: %s", error)
        return Refusal("unavailable")
    if isinstance(error, IntegrityError):
        try:
            return by_constraint(error)
        except IntegrityError:
            # A fault of ours: the log tells which constraint it broke.
            pass
    log.exception("the database refused a statement", exc_info=error)
    if isinstance(error, DataError):
        # A check before the statement should have refused this.
        return Refusal("invalid", explanation=_OTHERWISE)
    return Refusal("server_error")


def _invalid(error: ValidationError) -> Refusal:
    errors = [{"field": _field(fault["loc"]), "reason": _reason(fault)} for fault in error.errors[:50]]
    first = errors[0]
    explanation = f"{first['field']}: {first['reason']}" if first["field"] else first["reason"]
    return Refusal("invalid", explanation=explanation, errors=errors)


def _field(location: tuple[str | int, ...]) -> str:
    # ninja puts "body" and the parameter's name before what the client wrote.
    parts = location[2:] if location and location[0] == "body" else location[1:]
    return ".".join(str(part) for part in parts)


def _reason(fault: dict[str, Any]) -> str:
    sentence = _SENTENCES.get(fault["type"], _OTHERWISE)
    return str(sentence.format(**fault.get("ctx") or {}))
