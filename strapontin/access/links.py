"""Links with which somebody chooses a password: the first one (an invitation) or another one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import base36_to_int

if TYPE_CHECKING:
    from strapontin.access.models import Account

RESET_LIFE = timedelta(hours=1)


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens that are valid once, until the password changes or its owner signs in.

    For an account without a password, a token lives as long as an invitation (``PASSWORD_RESET_TIMEOUT``). For others
    it lives one hour.
    """

    def check_token(self, user: Any, token: str | None) -> bool:
        """Whether the token was made for this account and still counts."""
        if not user or not token or not super().check_token(user, token):
            return False
        return not user.has_usable_password() or self._age(token) <= RESET_LIFE

    def _age(self, token: str) -> timedelta:
        seconds = base36_to_int(token.partition("-")[0])
        return timedelta(seconds=self._num_seconds(self._now()) - seconds)

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.email}"


def password_link(account: Account) -> str:
    """The link. It begins with the portal's own address, whatever host a request named."""
    key = {"uidb36": user_pk_to_url_str(account), "key": LinkTokens().make_token(account)}
    return settings.PORTAL_ADDRESS + reverse("account_reset_password_from_key", kwargs=key)
