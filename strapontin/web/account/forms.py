"""Forms of allauth that need more than allauth does."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """The present password cannot be guessed here either."""

    def clean_oldpassword(self) -> str:
        """The present password. Raises ``ValidationError`` if it is wrong or was tried too often."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password
