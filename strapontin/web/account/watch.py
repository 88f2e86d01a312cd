"""What follows when allauth and Django tell of a sign-in or of a password."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from strapontin.access.models import Account
from strapontin.access.sessions import begin_session, end_other_sessions
from strapontin.doors.address import client_address
from strapontin.doors.events import note


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
