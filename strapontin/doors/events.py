"""Security events: who came in or was refused, when, from where and by which door.

Each is one line of JSON by the logger ``strapontin.security``. No line holds a password, a key or a link, and a typed
login that belongs to nobody only as a digest: somebody may have typed a password into its field. So that a flood does
not fill the disk, each process writes some lines a minute of an event from one address, and some of all; the next line
says how many were left out since.
"""

from __future__ import annotations

import logging
from typing import Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest

from strapontin.access.actors import Actor, Door
from strapontin.access.models import Account
from strapontin.doors.address import client_address
from strapontin.doors.buckets import Buckets
from strapontin.doors.limits import subject_of
from strapontin.refusals import Refusal

Event = Literal[
    "sign_in.good",
    "sign_in.wrong",
    "sign_in.slowed",
    "sign_out",
    "session.ended",
    "reset.asked",
    "reset.done",
    "password.changed",
    "password.wrong",
    "second_factor.added",
    "second_factor.removed",
    "second_factor.renewed",
    "second_factor.used",
    "second_factor.wrong",
    "key.refused",
    "key.slowed",
    "refused",
]
# Refusals for want of a role or a scope. What is outside the scope is not found.
_OF_RIGHTS = frozenset(("role_missing", "scope_too_small", "provider_only", "cannot_grant", "not_found"))

logger = logging.getLogger("strapontin.security")


class Sluice:
    """Lets some lines through, and counts those that it left out."""

    def __init__(self) -> None:
        self._of_one_address = Buckets(at_once=60, every=5)
        self._of_all = Buckets(at_once=1000, every=0.5)
        self._left_out = 0

    def left_out(self, event: Event, address: str) -> int | None:
        """``None`` if there are too many lines; else how many were left out since the last one that was written."""
        if self._of_one_address.take((event, address)) or self._of_all.take("all"):
            self._left_out += 1
            return None
        count, self._left_out = self._left_out, 0
        return count


_sluice = Sluice()


def note(event: Event, request: HttpRequest, *, door: Door, **facts: str | int | UUID | None) -> None:
    """Writes one line; ``facts`` that are ``None`` are left out."""
    address = client_address(request)
    left_out = _sluice.left_out(event, address)
    if left_out is None:
        return
    line = {"event": event, "door": door, "address": address, **facts, "left_out": left_out or None}
    logger.info("%s", msgspec.json.encode({name: fact for name, fact in line.items() if fact is not None}).decode())


def note_login(event: Event, request: HttpRequest, *, login: str, **facts: int) -> None:
    """Writes one line about the account with a typed login, or about the digest of a login that is nobody's."""
    account = Account.objects.filter(email=login.lower()).values_list("id", flat=True).first()
    digest = None if account else subject_of("login", login.lower()).hex()[:16]
    note(event, request, door="screen", account=account, login=digest, **facts)


def note_refusal(request: HttpRequest, actor: Actor, refusal: Refusal) -> None:
    """Writes one line if the actor was refused for want of a role or a scope."""
    if refusal.code in _OF_RIGHTS:
        facts = {"code": refusal.code, "method": request.method, "path": request.path_info[:200]}
        note("refused", request, door=actor.door, **{actor.kind: actor.id}, **facts)
