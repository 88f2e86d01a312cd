"""What follows when allauth and Django tell of a sign-in, of a password or of a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from strapontin.access.models import Account
from strapontin.access.sessions import begin_session, end_other_sessions
from strapontin.doors.address import client_address
from strapontin.doors.events import Event, note


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: Account, **_more: Any) -> None:
    """Somebody signed in, in whatever way."""
    address, browser = client_address(request), request.META.get("HTTP_USER_AGENT", "")
    begin_session(request.session, address=address, user_agent=browser)
    note("sign_in.good", request, door="screen", account=user.pk)


@receiver(user_logged_out)
def note_sign_out(request: HttpRequest, user: Account | None, **_more: Any) -> None:
    """Somebody signed out."""
    if user is not None:
        note("sign_out", request, door="screen", account=user.pk)


@receiver(password_reset)
def note_reset(request: HttpRequest, user: Account, **_more: Any) -> None:
    """Somebody chose a password by a link: whoever knew the former one is signed out."""
    end_other_sessions(account_id=user.pk)
    note("reset.done", request, door="screen", account=user.pk)


@receiver((password_changed, password_set))
def note_change(request: HttpRequest, user: Account, **_more: Any) -> None:
    """Somebody who was signed in changed the password: the other sessions end."""
    end_other_sessions(account_id=user.pk, session_key=request.session.session_key or "")
    note("password.changed", request, door="screen", account=user.pk)


@receiver(authenticator_added)
def note_second_factor(request: HttpRequest, user: Account, authenticator: Authenticator, **_more: Any) -> None:
    """Somebody protected the account: whoever was signed in without the second factor is signed out."""
    end_other_sessions(account_id=user.pk, session_key=request.session.session_key or "")
    _note("second_factor.added", request, user, authenticator)


@receiver(authenticator_removed)
def note_removal(request: HttpRequest, user: Account, authenticator: Authenticator, **_more: Any) -> None:
    """Somebody took a second factor away."""
    _note("second_factor.removed", request, user, authenticator)


@receiver(authenticator_reset)
def note_new_codes(request: HttpRequest, user: Account, authenticator: Authenticator, **_more: Any) -> None:
    """Somebody made new recovery codes."""
    _note("second_factor.renewed", request, user, authenticator)


@receiver(authenticator_used)
def note_use(request: HttpRequest, user: Account, authenticator: Authenticator, **_more: Any) -> None:
    """A second factor was right."""
    _note("second_factor.used", request, user, authenticator)


@receiver(authentication_failed)
def note_wrong_code(request: HttpRequest, user: Account, authenticator: Authenticator, **_more: Any) -> None:
    """A code was wrong."""
    _note("second_factor.wrong", request, user, authenticator)


def _note(event: Event, request: HttpRequest, user: Account, authenticator: Authenticator) -> None:
    note(event, request, door="screen", account=user.pk, kind=authenticator.type)
