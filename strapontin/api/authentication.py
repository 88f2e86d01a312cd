"""Who calls: an API key, read together with the installation's settings in one statement as the door's role."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from django.db import OperationalError, connection
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from psycopg_pool import PoolTimeout

from strapontin.access.actors import Actor
from strapontin.access.keys import digest
from strapontin.api.visit import Visit
from strapontin.kit.database import row
from strapontin.organisation import settings as installation
from strapontin.refusals import Refusal

_KEY_COLUMNS = ("id", "name", "provider", "partner_id", "customer_id", "roles", "language")
_SETTING_COLUMNS = [column.strip() for column in installation.COLUMNS.split(",")]
_FIND = f"""
SELECT {", ".join(f"k.{column} AS key_{column}" for column in _KEY_COLUMNS)},
       {", ".join(f"i.{column}" for column in _SETTING_COLUMNS)}
FROM api_key k CROSS JOIN installation i
WHERE k.key_hash = %s AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
"""  # noqa: S608  our own column names
_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,200}) *", re.IGNORECASE)


def authenticate(request: HttpRequest) -> Visit:
    """The visit of whoever holds the key in ``Authorization``.

    Keys expire by real time, whatever a sandbox's clock says. Raises ``not_signed_in``.
    """
    bearer = _BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    if bearer is None:
        raise Refusal("not_signed_in")
    found = _find(digest(bearer[1]))
    if found is None:
        raise Refusal("not_signed_in")
    key = {column: found.pop(f"key_{column}") for column in _KEY_COLUMNS}
    settings = installation.from_row(found)
    key["roles"] = frozenset(key["roles"])
    key["language"] = wished_language(request) or key["language"]
    actor = Actor(kind="api_key", door="api", **key)
    return Visit(actor=actor, settings=settings, at=settings.now())


def _find(key_hash: bytes) -> dict[str, Any] | None:
    try:
        return row(_FIND, [key_hash])
    except OperationalError as error:
        pool = getattr(connection, "pool", None)
        if pool is None or isinstance(error.__cause__, PoolTimeout):
            raise
        # The server was restarted under an idle connection of the pool; nothing of this request is done yet.
        connection.close()
        pool.check()
        return row(_FIND, [key_hash])


def wished_language(request: HttpRequest) -> str | None:
    """The one of our languages that ``Accept-Language`` prefers; ``None`` where it names none of them."""
    for wished, _quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        with suppress(LookupError):
            return get_supported_language_variant(wished)
    return None
