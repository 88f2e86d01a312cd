"""Writes down what allauth and Django tell of sign-ins and passwords."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from strapontin.access.models import Account
from strapontin.doors.events import note


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: Account, **_more: Any) -> None:
    """Somebody signed in, in whatever way."""
    note("sign_in.good", request, door="screen", account=user.pk)


@receiver(user_logged_out)
def note_sign_out(request: HttpRequest, user: Account | None, **_more: Any) -> None:
    """Somebody signed out."""
    if user is not None:
        note("sign_out", request, door="screen", account=user.pk)


@receiver(password_reset)
def note_reset(request: HttpRequest, user: Account, **_more: Any) -> None:
    """Somebody chose a password by a link."""
    note("reset.done", request, door="screen", account=user.pk)


@receiver((password_changed, password_set))
def note_change(request: HttpRequest, user: Account, **_more: Any) -> None:
    """Somebody who was signed in changed the password."""
    note("password.changed", request, door="screen", account=user.pk)
