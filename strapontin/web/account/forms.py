"""Forms of allauth that need more than allauth does."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, ResetPasswordForm
from allauth.core import context
from django.http import HttpRequest

from strapontin.doors.address import client_network
from strapontin.doors.events import note_login
from strapontin.doors.limits import RESET_ADDRESS, RESET_LOGIN, take
from strapontin.jobs import requests
from strapontin.kit.text import email_form
from strapontin.web.account.adapter import make_wait


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """The present password cannot be guessed here either."""

    def clean_oldpassword(self) -> str:
        """The present password. Raises ``ValidationError`` if it is wrong or was tried too often."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class AskForLink(ResetPasswordForm):  # type: ignore[misc]
    """Asks for a link to choose another password. The answer is the same for any address, and so is its time."""

    def clean_email(self) -> str:
        """The address in its one form. Raises ``ValidationError`` if too many links were asked for from here."""
        if wait := take(RESET_ADDRESS, client_network(context.request)):
            make_wait(context.request, wait)
        email: str = self.cleaned_data["email"]
        return email_form(email).lower()

    def save(self, request: HttpRequest, **more: Any) -> str:
        """Has the link sent by the worker, unless several are on their way to this address."""
        email: str = self.cleaned_data["email"]
        note_login("reset.asked", request, login=email)
        if not take(RESET_LOGIN, email):
            requests.reset_password(email=email)
        return email
