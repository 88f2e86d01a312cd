"""What exists on a simulated stack, and the file in which it survives restarts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec

SESSIONS_PER_ACCOUNT: Final = 100
# What an account needs for everything that the portal does.
PORTAL_ACL: Final = (
    "auth.tenants.read",
    "auth.tenants.*.read",
    "confd.infos.read",
    "confd.users.create",
    "confd.users.read",
    "confd.users.*.update",
    "confd.users.*.delete",
    "confd.users.subscriptions.read",
)


def timestamp() -> str:
    """Now as a stack writes it: UTC, without saying so."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat()


@dataclass(slots=True)
class Tenant:
    uuid: UUID
    name: str
    slug: str
    parent_uuid: UUID


@dataclass(slots=True)
class Account:
    """An account that may ask wazo-auth for tokens; it sees its tenant and those below."""

    uuid: UUID
    username: str
    password: str
    tenant_uuid: UUID
    acl: list[str]


@dataclass(slots=True)
class Line:
    id: int
    name: str
    exten: str
    extension_id: int
    context: str
    provisioning_code: str
    endpoint_uuid: UUID


@dataclass(slots=True)
class User:
    """A telephony user of wazo-confd. ``texts`` are the free text fields that were set, by their key.

    ``voicemail`` is the number of its voicemail; ``login`` the name under which it signs in, by wazo-auth.
    """

    id: int
    uuid: UUID
    firstname: str
    lastname: str | None
    email: str | None
    subscription_type: int
    enabled: bool
    tenant_uuid: UUID
    created_at: str
    lines: list[Line] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    caller_id: str = ""
    voicemail: str | None = None
    login: str | None = None

    def __post_init__(self) -> None:
        self.caller_id = self.caller_id or self.quoted_name

    @property
    def quoted_name(self) -> str:
        """The caller id that confd gives to a new user."""
        return f'"{self.firstname} {self.lastname}"' if self.lastname else f'"{self.firstname}"'


@dataclass(slots=True)
class Leftovers:
    """What users left behind who were deleted without what belonged to them."""

    lines: list[Line] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Session:
    token: str
    account_uuid: UUID
    issued_at: datetime
    expires_at: datetime
    uuid: UUID = field(default_factory=uuid4)
    remote_addr: str = "127.0.0.1"
    user_agent: str = ""


@dataclass(slots=True)
class World:
    """The whole state that is kept. Sessions are not: after a restart, clients must ask for new tokens."""

    name: str
    uuid: UUID = field(default_factory=uuid4)
    version: str = "26.08"
    root_uuid: UUID = field(default_factory=uuid4)
    tenants: dict[UUID, Tenant] = field(default_factory=dict)
    accounts: dict[UUID, Account] = field(default_factory=dict)
    users: dict[UUID, User] = field(default_factory=dict)
    last_user_id: int = 0
    leftovers: Leftovers = field(default_factory=Leftovers)

    def below(self, tenant_uuid: UUID) -> set[UUID]:
        """The tenant, if it exists, and all beneath it."""
        tenants = {tenant_uuid} & self.tenants.keys()
        grown = True
        while grown:
            children = {t.uuid for t in self.tenants.values() if t.parent_uuid in tenants}
            grown = not children <= tenants
            tenants |= children
        return tenants

    def with_email(self, email: str) -> User | None:
        """The one user of the whole stack with this e-mail, capitals aside."""
        return next((user for user in self.users.values() if (user.email or "").lower() == email.lower()), None)

    def account_named(self, username: str) -> Account | None:
        return next((a for a in self.accounts.values() if a.username == username), None)


class Sessions:
    """The tokens that are out, and the refresh tokens."""

    def __init__(self, limit: int = SESSIONS_PER_ACCOUNT) -> None:
        self.limit = limit
        self.by_token: dict[str, Session] = {}
        self.refresh: dict[str, tuple[UUID, str]] = {}

    def active(self, token: str) -> Session | None:
        session = self.by_token.get(token)
        return session if session and session.expires_at > datetime.now(UTC) else None

    def count(self, account_uuid: UUID) -> int:
        now = datetime.now(UTC)
        return sum(s.account_uuid == account_uuid and s.expires_at > now for s in self.by_token.values())

    def open(self, account_uuid: UUID, *, seconds: int, token: str | None = None, user_agent: str = "") -> Session:
        now = datetime.now(UTC)
        session = Session(
            token or str(uuid4()),
            account_uuid,
            now,
            now + timedelta(seconds=seconds),
            user_agent=user_agent,
        )
        self.by_token[session.token] = session
        return session


def permits(acl: list[str], scope: str) -> bool:
    """Whether one of the patterns covers ``scope``; ``*`` is one word, ``#`` any number of words."""
    return any(_pattern(entry).fullmatch(scope) for entry in acl)


def _pattern(entry: str) -> re.Pattern[str]:
    # re keeps the compiled ones.
    words = {"*": r"[^.]+", "#": r".+"}
    return re.compile(r"\.".join(words.get(word, re.escape(word)) for word in entry.split(".")))


def load(path: Path) -> World:
    """The state that ``save`` wrote. Raises ``OSError`` or ``msgspec.DecodeError``."""
    return msgspec.json.decode(path.read_bytes(), type=World)


def save(world: World, path: Path) -> None:
    """Write the state. After a crash at any point there is the former file or the new one, whole."""
    beside = path.with_name(path.name + ".new")
    # Passwords of the simulated accounts are in it.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(world))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
