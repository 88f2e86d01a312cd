"""Sessions of browsers: Django's engine on a table that also says whose they are (settings: ``SESSION_ENGINE``).

What a row says beside Django's three columns comes from the session's data, where the sign-in puts it
(:func:`begin_session`). The door's role alone reads the table.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from strapontin.access.actors import system
from strapontin.access.models import Session
from strapontin.access.scope import acting
from strapontin.kit.database import exists, rows_of, run
from strapontin.kit.ids import new_id

# Under this name a session's data tell where and when it began.
_BEGAN = "signed_in"
# A use of the session is written down if the last one that was is so old: one UPDATE in five minutes.
_NOTED_SECONDS = 300
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)

_OPEN = """
SELECT id, session_key = %s AS current, begun_at, seen_at, address, browser FROM session
 WHERE account_id = %s AND expire_date > now() ORDER BY current DESC, seen_at DESC LIMIT 100
"""
_END = "DELETE FROM session WHERE account_id = %s AND id = %s"
_END_OTHERS = "DELETE FROM session WHERE account_id = %s AND session_key <> %s"
_SIGNED_IN = "SELECT FROM session WHERE session_key = %s AND account_id IS NOT NULL AND expire_date > now()"
_FORGET = "DELETE FROM session WHERE expire_date <= now()"


class SessionStore(DatabaseStore):
    """Sessions in our own table."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of a session with these data."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.account_id = data.get(SESSION_KEY)
        row.seen_at = datetime.now(UTC)
        began = data.get(_BEGAN)
        row.id = UUID(began["id"]) if began else new_id()
        row.begun_at = datetime.fromtimestamp(began["at"], UTC) if began else row.seen_at
        row.address, row.browser = (began["address"], began["browser"]) if began else ("", "")
        return row


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is signed in. ``browser`` and ``address`` are empty if they are not known."""

    id: UUID
    current: bool
    begun_at: datetime
    seen_at: datetime
    address: str
    browser: str


def begin_session(session: SessionBase, *, address: str, user_agent: str) -> None:
    """Notes in a session where and when its sign-in was."""
    session[_BEGAN] = {
        "id": str(new_id()),
        "at": time.time(),
        "address": address,
        "browser": name_browser(user_agent),
    }
    session["seen"] = time.time()


def keep_session(session: SessionBase) -> bool:
    """Notes that a session that is signed in is used; false if it is too old by now.

    It ends ``SESSION_IDLE_HOURS`` after its last use and ``SESSION_DAYS`` after the sign-in.
    """
    now = time.time()
    if _BEGAN not in session:
        # Signed in before this was noted.
        begin_session(session, address="", user_agent="")
    left = session[_BEGAN]["at"] + settings.SESSION_DAYS * 24 * 3600 - now
    if left <= 0:
        return False
    if now - session.get("seen", 0) > _NOTED_SECONDS:
        session["seen"] = now
        session.set_expiry(max(1, int(min(left, settings.SESSION_COOKIE_AGE))))
    return True


def is_signed_in(session_key: str) -> bool:
    """Whether somebody signed in by the session with this key, which has not ended; runs as the door."""
    return exists(_SIGNED_IN, [session_key])


def open_sessions(*, account_id: UUID, session_key: str) -> list[OpenSession]:
    """The sessions of an account, the one with the key ``session_key`` first; runs as the door."""
    return rows_of(OpenSession, _OPEN, [session_key, account_id])


def end_session(*, account_id: UUID, session_id: UUID) -> int:
    """Ends one session of the account; returns how many there were."""
    with acting(system(), "door"):
        return run(_END, [account_id, session_id])


def end_other_sessions(*, account_id: UUID, session_key: str = "") -> int:
    """Ends the sessions of the account but the one with the key ``session_key``; returns how many there were."""
    with acting(system(), "door"):
        return run(_END_OTHERS, [account_id, session_key])


def forget_expired() -> int:
    """Deletes the sessions that have ended; returns how many there were."""
    with acting(system(), "door"):
        return run(_FORGET)


def name_browser(user_agent: str) -> str:
    """A browser and its system as people call them, such as "Firefox, Windows"; empty if they are unknown."""
    names = []
    for known in (_BROWSERS, _SYSTEMS):
        names += [name for mark, name in known if re.search(re.escape(mark), user_agent)][:1]
    return ", ".join(names)
