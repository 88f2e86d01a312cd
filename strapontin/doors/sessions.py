"""The visit of an administrator who signed in with a browser."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest

from strapontin.access.actors import Door
from strapontin.access.sessions import keep_session
from strapontin.doors import lookup
from strapontin.doors.visit import Visit

_FIND = lookup.select_actor(
    "administrator",
    "who.account_id = %s AND who.is_active",
    second_factor="EXISTS (SELECT 1 FROM mfa_authenticator WHERE user_id = who.account_id)",
)


@lookup.again_after_restart
def find_by_session(request: HttpRequest, *, door: Door) -> Visit | None:
    """The visit of the administrator whose account is signed in.

    ``None`` if nobody is signed in, if the session is too old, or if the account belongs to no administrator who may
    sign in.
    """
    account = request.user
    if not account.is_authenticated:
        return None
    if not keep_session(request.session):
        logout(request)
        return None
    return lookup.find_visit(_FIND, account.pk, kind="administrator", door=door)
