"""What every stack connector promises, and the few values that pass between it and the portal.

A stack is a telephony server. The portal asks it who occupies seats (the truth of *used*) and has it create
users. A connector is a self-contained folder beside this file; it knows nothing of customers, sites or seats,
and needs neither Django nor the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final, Literal, Protocol
from uuid import UUID

import msgspec

from strapontin.kit.networks import Network
from strapontin.kit.text import are_plain, email_form, email_key, legible

StackKind = Literal["wazo", "csv"]
Clock = Callable[[], datetime]

ErrorCode = Literal[
    "unreachable",  # no connection, or it broke
    "timeout",  # no complete answer in time; a write may nevertheless have happened
    "tls",  # no trustworthy encrypted connection
    "refused",  # credentials or permissions
    "too_many_sessions",  # the stack grants this account no further token for now
    "unavailable",  # the stack answers that it cannot serve just now
    "failed",  # the stack fails at this request (500), and serves others
    "nonsense",  # an answer that is not what this kind of stack says
    "unknown_tenant",  # the stack has no such tenant, or not for this account
    "conflict",  # another user of the stack already has this e-mail
    "invalid",  # the stack does not accept these values
    "unknown_user",  # the stack has no such user in this tenant
    "associated",  # something else on the stack depends on the user
    "network_not_allowed",  # the address is of a network that the provider does not allow
    "silent",  # it has not answered a short while ago: it is not asked again yet
    "out_of_time",  # the synchronisation had taken its time before this stack's turn
    "in_the_clear",  # the password would pass through a network that is not the provider's without encryption
    # What went wrong on our side, before or after the stack spoke.
    "password_unreadable",  # the stored password was sealed with another key
    "internal",
]


class StackError(Exception):
    """A stack did not do what was asked; ``code`` is stable, ``detail`` is English for the log.

    ``field`` is the field of :class:`NewStackUser` that the stack did not accept, empty if it named none. None of them
    holds a secret or the text of an answer (stacks put tokens in their error bodies): they may be logged and stored.
    Screens translate ``code`` and ``field``.
    """

    def __init__(self, code: ErrorCode, detail: str, *, field: str = "") -> None:
        super().__init__(code, detail)
        self.code: ErrorCode = code
        self.detail = detail
        self.field = field

    @property
    def silent(self) -> bool:
        """Whether the stack did not answer at all: to ask it again now would only mean to wait again."""
        return self.code in ("unreachable", "timeout")

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(frozen=True, slots=True)
class StackAccess:
    """The address of a stack, and the account to use there. ``url`` is what people type, without ``/api``.

    ``networks`` are those that the provider allows besides the public Internet. Without TLS only they are allowed.
    """

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    verify_tls: bool = True
    networks: tuple[Network, ...] = ()


SECONDS_PER_USER: Final = 0.0002
MOST_SECONDS_MORE: Final = 50.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds granted to one request: to connect, between two pieces of the answer, and altogether.

    ``total`` is checked whenever a piece of the body comes: an answer may take one ``read`` longer.
    """

    connect: float = 3.0
    read: float = 10.0
    total: float = 10.0

    def for_users(self, expected: int) -> Timeouts:
        """Those for a list of so many users: 30 seconds for 100,000, a minute at most.

        wazo-confd sends its first byte when it has read them all. A busy one with 100,000 users takes 3.5 to 8.5 s.
        """
        more = min(SECONDS_PER_USER * expected, MOST_SECONDS_MORE)
        return Timeouts(connect=self.connect, read=self.read + more, total=self.total + more)


@dataclass(frozen=True, slots=True)
class StackTenant:
    """A tenant that the account may see on the stack."""

    uuid: UUID
    name: str


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many users of a tenant have a type; ``stack_type_id`` is the stack's own number for it."""

    stack_type_id: int
    count: int


class StackUser(msgspec.Struct, frozen=True, gc=False, eq=False):
    """A user as the stack has it.

    A msgspec struct and not a dataclass: a connector decodes an answer of 100,000 users straight into it, or into a
    subclass that only renames the keys. A second pass would cost more than the first.
    """

    uuid: UUID
    first_name: str
    last_name: str
    email: str | None
    stack_type_id: int | None
    enabled: bool
    extension: str | None

    def has_email(self, email: str) -> bool:
        """Whether this is the user's e-mail, capitals aside."""
        return self.email is not None and email_key(self.email) == email_key(email)

    def __eq__(self, other: object) -> bool:
        # Equal by value whatever subclass a connector decoded into, which msgspec's own comparison is not.
        if not isinstance(other, StackUser):
            return NotImplemented
        return msgspec.structs.astuple(self) == msgspec.structs.astuple(other)

    def __hash__(self) -> int:
        return hash(self.uuid)


@dataclass(frozen=True, slots=True)
class NewStackUser:
    """What the portal wants a user to be. The e-mail, unique on a stack, makes creating twice impossible.

    Without a number for its type, a user cannot be created.
    """

    first_name: str
    last_name: str
    email: str
    stack_type_id: int | None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class StackUserChange:
    """What the portal changes of a user; what is ``None`` stays as the stack has it.

    ``stack_type_ids`` are all the stack's numbers of the user's type, the preferred one first. If the user has one of
    them, or if there is none, the number stays.
    """

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    enabled: bool | None = None
    stack_type_ids: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class FoundUser:
    """A user who was looked for on a stack. ``created_at`` is ``None`` if the stack does not tell."""

    user: StackUser
    created_at: datetime | None


def checked(users: Sequence[StackUser]) -> Sequence[StackUser]:
    """``users`` as a connector gave them, with each text in its one form.

    Raises ``StackError`` ("nonsense") if a user is listed twice, or has a text that no database keeps.
    """
    if len({user.uuid for user in users}) != len(users):
        raise StackError("nonsense", "a uuid is listed twice")
    texts = [f"{user.first_name}|{user.last_name}|{user.extension}|{user.email}" for user in users]
    whole = "|".join(texts)
    if "\0" in whole:
        raise StackError("nonsense", "a text holds a zero character")
    # One look at all of them is enough for most answers.
    if _have_one_form(whole, "|".join([user.email or "" for user in users])):
        return users
    return [
        user if _have_one_form(text, user.email or "") else _in_one_form(user)
        for user, text in zip(users, texts, strict=True)
    ]


def _have_one_form(texts: str, addresses: str) -> bool:
    """Whether texts and e-mail addresses, with strokes between them, surely have their form."""
    return are_plain(texts) and addresses.isascii() and "xn--" not in addresses


def _in_one_form(user: StackUser) -> StackUser:
    return StackUser(
        uuid=user.uuid,
        first_name=legible(user.first_name),
        last_name=legible(user.last_name),
        email=email_form(legible(user.email)) if user.email else user.email,
        stack_type_id=user.stack_type_id,
        enabled=user.enabled,
        extension=legible(user.extension) if user.extension else user.extension,
    )


class UsersAnswer(Protocol):
    """A stack's answer about the users of a tenant, complete but not decoded yet.

    A caller that keeps the digest of the last applied answer need not decode an unchanged answer.
    """

    @property
    def digest(self) -> bytes:
        """SHA-256 of the answer as it came (32 bytes)."""
        ...

    def users(self) -> Sequence[StackUser]:
        """The users. Raises ``StackError`` ("nonsense")."""
        ...


@dataclass(frozen=True, slots=True)
class StackToken:
    """A token of a stack and until when it may be used (aware, real time)."""

    value: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Keeps the token of one stack for all processes: a stack grants few sessions.

    Several threads and processes may call all three at any time.
    """

    def get(self) -> StackToken | None:
        """The token last put, expired or not, or none."""
        ...

    def put(self, token: StackToken) -> None:
        """Keep ``token`` instead of what was there."""
        ...

    def forget(self, token: StackToken) -> None:
        """Drop ``token``, unless another one has taken its place meanwhile."""
        ...


class MemoryTokenStore:
    """A token store for tests and for commands of a single process."""

    def __init__(self) -> None:
        self._token: StackToken | None = None
        self._lock = Lock()

    def get(self) -> StackToken | None:
        return self._token

    def put(self, token: StackToken) -> None:
        with self._lock:
            self._token = token

    def forget(self, token: StackToken) -> None:
        with self._lock:
            if self._token == token:
                self._token = None


class Connector(Protocol):
    """One stack, seen by one account. Every method raises ``StackError`` and nothing else.

    A connector may be shared by threads. ``tenant_uuid`` is the stack's own uuid of a tenant.
    """

    @property
    def writable(self) -> bool:
        """Whether users can be created, changed and deleted; if not, those calls raise "refused"."""
        ...

    def server_uuid(self) -> UUID | None:
        """By which the server tells itself from others; ``None`` if it does not say so to this account."""
        ...

    def tenants(self) -> Sequence[StackTenant]:
        """The tenants that the account sees; also the cheapest way to try the access."""
        ...

    def counts(self, *, tenant_uuid: UUID) -> Sequence[TypeCount]:
        """Exact numbers of users per type, cheap; types without users are left out."""
        ...

    def fetch_users(self, *, tenant_uuid: UUID, expected: int = 0) -> UsersAnswer:
        """All users of the tenant, fetched in one request, decoded only when asked.

        ``expected`` says how many there should be: a larger answer may take longer.
        """
        ...

    def users(self, *, tenant_uuid: UUID) -> Sequence[StackUser]:
        """All users of the tenant: ``fetch_users`` decoded."""
        ...

    def find_user(self, *, tenant_uuid: UUID, email: str) -> FoundUser | None:
        """The user of the tenant with this e-mail: how to learn, after a "timeout", what a creation did."""
        ...

    def create_user(self, *, tenant_uuid: UUID, user: NewStackUser) -> UUID:
        """Create a user; answers the stack's uuid of it.

        Raises "conflict" if the e-mail is taken, "invalid" for a user without a type.

        After "timeout", "unreachable", "unavailable", "failed" or "nonsense" the user may exist: ask ``find_user``
        before another attempt.
        """
        ...

    def update_user(self, *, tenant_uuid: UUID, uuid: UUID, change: StackUserChange) -> None:
        """Change what is given and nothing else. The call can be repeated.

        Raises "unknown_user" if the tenant has no such user, "conflict" if the e-mail is another's.
        """
        ...

    def delete_user(self, *, tenant_uuid: UUID, uuid: UUID) -> None:
        """Delete a user with its lines, login and voicemail. Raises "associated" if something else depends on it.

        It is no error if the user is already gone: the call can be repeated.
        """
        ...
