"""The shapes of what wazo-auth 0.1 and wazo-confd 1.1 say, as far as we read it; unknown keys are ignored."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from strapontin.stacks.base import StackError, StackUser, TypeCount
from strapontin.stacks.wazo.http import Answer

T = TypeVar("T")

_FIELD_REFUSED: Final = re.compile(rb"Input Error - ([a-z_]{1,40}):")
# confd's names of fields -> ours.
_FIELDS: Final = {
    "firstname": "first_name",
    "lastname": "last_name",
    "email": "email",
    "enabled": "enabled",
    "subscription_type": "stack_type_id",
}
_ASSOCIATED: Final = b" is associated with a "
_EMAIL_TAKEN: Final = b"Resource Error - User already exists ('email'"


class TokenData(msgspec.Struct):
    token: str


class TokenAnswer(msgspec.Struct):
    """``POST token``."""

    data: TokenData


class TenantItem(msgspec.Struct):
    uuid: UUID
    name: str


class TenantsAnswer(msgspec.Struct):
    """``GET tenants``."""

    items: list[TenantItem]


class AuthErrorDetails(msgspec.Struct, frozen=True):
    reason: str = ""


class AuthError(msgspec.Struct):
    """Every 401 of wazo-auth, except those of ``token`` itself."""

    error_id: str = ""
    details: AuthErrorDetails = AuthErrorDetails()


class CountItem(msgspec.Struct):
    id: int
    count: int


class CountsAnswer(msgspec.Struct):
    """``GET users/subscriptions``; ``total`` counts the types, not the users."""

    total: int
    items: list[CountItem]


class InfosAnswer(msgspec.Struct):
    """``GET infos``."""

    uuid: UUID


class CreatedUser(msgspec.Struct):
    """``POST users``."""

    uuid: UUID


class UserDetail(msgspec.Struct):
    """A row of ``GET users`` in its default view. It also holds a password; nothing but this is read of it."""

    uuid: UUID
    firstname: str
    lastname: str | None
    caller_id: str | None
    subscription_type: int | None
    created_at: datetime

    def has_caller_id_of(self, first_name: str, last_name: str) -> bool:
        """Whether the caller id is what confd itself makes of these names."""
        return self.caller_id == quoted(first_name, last_name)


class UserDetails(msgspec.Struct):
    """``GET users?uuid=…``."""

    items: list[UserDetail]


class WazoUser(
    StackUser,
    frozen=True,
    gc=False,
    eq=False,
    rename={"first_name": "firstname", "last_name": "lastname", "stack_type_id": "subscription_type"},
):
    """A row of ``GET users?view=summary``, decoded straight into what the portal reads."""

    # Declared again because msgspec renames only the fields of the class itself.
    first_name: str
    # Null on a stack for a user without a last name; WazoUsersAnswer.users() leaves no null.
    last_name: str | None  # type: ignore[assignment]
    stack_type_id: int | None


class UserList(msgspec.Struct):
    """``GET users``."""

    total: int
    items: list[WazoUser]


class WazoUsersAnswer:
    """The answer about a tenant's users, kept as bytes until the users are asked for."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self._body).digest()

    def users(self) -> Sequence[StackUser]:
        answer = decoded(self._body, UserList)
        if answer.total != len(answer.items):
            # A user whose row is missing would be taken for a user who left.
            raise StackError("nonsense", f"{answer.total} users announced, {len(answer.items)} sent")
        for user in answer.items:
            if user.last_name is None:
                msgspec.structs.force_setattr(user, "last_name", "")
        return answer.items


def quoted(first_name: str, last_name: str) -> str:
    """The caller id that confd makes of a user's names."""
    return f'"{f"{first_name} {last_name}".strip()}"'


def decoded(body: bytes, shape: type[T]) -> T:
    """``body`` as ``shape``. Raises ``StackError`` ("nonsense")."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The decoder's own message may quote the answer.
        raise StackError("nonsense", f"the answer is not a {shape.__name__}") from None


def type_counts(body: bytes) -> list[TypeCount]:
    """The counts per type. Raises ``StackError`` ("nonsense")."""
    answer = decoded(body, CountsAnswer)
    if answer.total != len(answer.items) or any(item.count < 0 for item in answer.items):
        raise StackError("nonsense", f"{answer.total} types announced, {len(answer.items)} sent")
    return [TypeCount(stack_type_id=item.id, count=item.count) for item in answer.items]


def failure(answer: Answer) -> StackError:
    """What an answer without success means, in words of ours: the body may hold a token."""
    status = answer.status
    if status in (401, 403):
        return StackError("refused", "the stack does not let this account do that")
    if status == 429:
        return StackError("too_many_sessions", "the stack grants this account no further session for now")
    if status == 504:
        return StackError("timeout", "the stack's own gateway waited in vain (504)")
    if status >= 500:
        return StackError("unavailable", f"the stack cannot serve just now ({status})")
    if status == 409 or (status == 400 and _EMAIL_TAKEN in answer.body):
        return StackError("conflict", "another user of the stack has this e-mail", field="email")
    if status == 400 and _ASSOCIATED in answer.body:
        return StackError("associated", "something else on the stack depends on the user (400)")
    if status == 400:
        field = _FIELD_REFUSED.search(answer.body)
        refused = field[1].decode() if field else "something it does not name"
        return StackError("invalid", f"the stack does not accept {refused} (400)", field=_FIELDS.get(refused, ""))
    return StackError("nonsense", f"not an answer of this kind of stack ({status})")
