"""How allauth behaves here: nobody signs up by themselves, and passwords are not tried without end."""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from strapontin.access.models import Account
from strapontin.doors.address import client_address, client_network
from strapontin.doors.devices import known_device, remember_device
from strapontin.doors.events import note, note_login
from strapontin.doors.limits import REAUTHENTICATION, take
from strapontin.doors.sign_ins import Attempt
from strapontin.kit.text import email_form


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter with sign-up closed and our own limits."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The address and the password do not match. Try again, or ask for a link to choose another."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts come from an invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address, found by the trusted proxies."""
        return client_address(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """The account, if the password is right; raises ``ValidationError`` if one must wait before the next try.

        Browsers send the ASCII form of a domain, whatever was typed.
        """
        credentials["email"] = login = email_form(str(credentials.get("email", ""))).lower()
        attempt = Attempt(login, client_network(request), known_device(request, login=login))
        if wait := attempt.take():
            note_login("sign_in.slowed", request, login=login, wait=wait)
            make_wait(request, wait)
        account: Account | None = super().authenticate(request, **credentials)
        if account is not None:
            attempt.give_back()
        else:
            note_login("sign_in.wrong", request, login=login)
        return account

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: :meth:`authenticate` has counted the attempt."""

    def reauthenticate(self, user: Account, password: str) -> bool:
        """Whether somebody who is signed in typed their password again; raises ``ValidationError`` as above."""
        if wait := take(REAUTHENTICATION, user.pk):
            note("sign_in.slowed", context.request, door="screen", account=user.pk, wait=wait)
            make_wait(context.request, wait)
        right = user.check_password(password)
        if not right:
            note("password.wrong", context.request, door="screen", account=user.pk)
        return right

    def post_login(self, request: HttpRequest, user: Account, **more: Any) -> HttpResponse:
        """The answer to a good sign-in; the device is known from now on."""
        response: HttpResponse = super().post_login(request, user, **more)
        remember_device(request, response, login=user.email)
        return response


def make_wait(request: HttpRequest, seconds: int) -> NoReturn:
    """Refuses a form for so many seconds; the door answers 429."""
    request.wait = seconds  # type: ignore[attr-defined]
    raise ValidationError(_too_often(seconds), code="too_many_requests")


def _too_often(seconds: int) -> str:
    if seconds > 90:
        minutes = -(-seconds // 60)
        return ngettext(
            "Too many tries. Try again in {count} minute.", "Too many tries. Try again in {count} minutes.", minutes
        ).format(count=minutes)
    return ngettext(
        "Too many tries. Try again in {count} second.", "Too many tries. Try again in {count} seconds.", seconds
    ).format(count=seconds)
