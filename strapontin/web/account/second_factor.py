"""The second factor (allauth.mfa) as it behaves here: secrets are sealed, codes are slowed down and count once.

A passkey cannot be guessed, so nothing slows it down.
"""

from __future__ import annotations

import re
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode

from strapontin.access.models import Account
from strapontin.access.sessions import name_browser
from strapontin.doors.devices import known_device
from strapontin.doors.events import note
from strapontin.doors.limits import SECOND_FACTOR, USED_CODE, forgive, take
from strapontin.kit.sealing import SealBrokenError, open_sealed, seal
from strapontin.organisation.settings import load
from strapontin.web.account.adapter import make_wait


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's adapter with secrets that a copy of the database does not tell."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code does not match. A code of the app changes every 30 seconds and counts once."),
        "cannot_generate_recovery_codes": _("Recovery codes belong to a second factor: set one up first."),
    }

    def encrypt(self, text: str) -> str:
        """The secret, sealed."""
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret that was sealed. Raises ``SealBrokenError``."""
        return open_sealed(encrypted_text.encode())

    def build_totp_svg(self, url: str) -> str:
        """The QR code of ``url`` as an element for the page itself: our policy allows no image that is in a text."""
        code = QRCode(image_factory=SvgPathFillImage)
        code.add_data(url)
        svg: str = code.make_image().to_string(encoding="unicode")
        return svg

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        """What a new passkey is called: the browser that makes it."""
        return name_browser(context.request.META.get("HTTP_USER_AGENT", "")) or gettext("Passkey")

    def _get_site_name(self) -> str:
        return load().name or "Strapontin"


class _Code:
    """A code that somebody types who knows the password."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code. Raises ``ValidationError`` if it is wrong, was used already, or came too soon."""
        who = (self.user.pk, known_device(context.request, login=self.user.email))
        if wait := take(SECOND_FACTOR, *who):
            note("sign_in.slowed", context.request, door="screen", account=self.user.pk, wait=wait)
            make_wait(context.request, wait)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except SealBrokenError as broken:
            raise ValidationError(
                _("Your second factor can no longer be read. An administrator of your organisation can reset it.")
            ) from broken
        digits = re.sub(r"\D", "", code)
        if self.authenticator.type == Authenticator.Type.TOTP and take(USED_CODE, self.user.pk, digits):
            raise get_adapter().validation_error("incorrect_code")
        forgive(SECOND_FACTOR, *who)
        return code


class SignInCode(_Code, AuthenticateForm):  # type: ignore[misc]
    """The code after the password."""


class RepeatedCode(_Code, ReauthenticateForm):  # type: ignore[misc]
    """The code of somebody who is signed in and confirms who they are."""


class _Passkey:
    """What a browser answers for a passkey, or what somebody made up."""

    user: Any

    def clean_credential(self) -> Authenticator:
        """The passkey. Raises ``ValidationError`` if it is not known here or did not sign what it was asked to."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (ValidationError, InvalidSignature, AttributeError, KeyError, TypeError, ValueError) as error:
            account = self.user.pk if self.user else None
            note("second_factor.wrong", context.request, door="screen", account=account, kind="webauthn")
            raise ValidationError(_("This passkey does not open an account here.")) from error


class SecondPasskey(_Passkey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey after the password."""


class OnlyPasskey(_Passkey, LoginWebAuthnForm):  # type: ignore[misc]
    """The passkey instead of the password."""


class RepeatedPasskey(_Passkey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey of somebody who is signed in and confirms who they are."""
