"""Logins. An account is the door's to read and to write: requests reach it by these functions alone.

An e-mail address signs in once in the whole installation. Nobody learns by them whether an address signs in elsewhere.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.hashers import make_password

from strapontin.access.models import Account
from strapontin.access.scope import as_door
from strapontin.access.sessions import end_other_sessions
from strapontin.kit.database import exists, run
from strapontin.kit.ids import new_id

_OPEN = "INSERT INTO account (id, email, password, is_active) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
_SET_ACTIVE = "UPDATE account SET is_active = %s WHERE id = %s"
# A password that nobody chose begins with "!".
_HAS_COME = "SELECT 1 FROM account WHERE id = %s AND (left(password, 1) <> '!' OR last_login IS NOT NULL)"


def open_login(email: str, *, is_active: bool = True) -> UUID | None:
    """A new account without a password for ``email`` (in lower case); ``None`` if the address signs in already."""
    account_id = new_id()
    with as_door():
        opened = run(_OPEN, [account_id, email, make_password(None), is_active])
    return account_id if opened else None


def close_login(account_id: UUID) -> None:
    """Deletes an account with its password and sessions. No administrator may refer to it any more."""
    with as_door():
        Account.objects.filter(id=account_id).delete()


def set_login_active(account_id: UUID, *, is_active: bool) -> None:
    """Lets an account sign in or not. All its sessions end."""
    with as_door():
        run(_SET_ACTIVE, [is_active, account_id])
    end_other_sessions(account_id=account_id)


def has_come(account_id: UUID) -> bool:
    """Whether somebody has chosen a password by the invitation, or signed in: so the address is read by them."""
    with as_door():
        return exists(_HAS_COME, [account_id])
