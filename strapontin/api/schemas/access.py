"""API keys, administrators, stacks and the journal, as they come and go."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, StrictBool, StringConstraints, model_validator

from strapontin.api.schemas.kinds import (
    Answer,
    Body,
    Language,
    Mail,
    Moment,
    Name,
    Roles,
    Secret,
    Text,
    refuse,
)


class Scope(Body):
    """Exactly one of the three."""

    provider: Literal[True] | None = None
    partner: UUID | None = None
    customer: UUID | None = None

    @model_validator(mode="after")
    def one(self) -> Scope:
        if sum(part is not None for part in (self.provider, self.partner, self.customer)) != 1:
            raise refuse(_("A scope is the provider, one partner or one customer."))
        return self


class KeyIn(Body):
    name: Name
    scope: Scope
    roles: Roles
    expires_at: Moment | None = None
    language: Language = "en"


class KeyOut(Answer):
    id: UUID
    name: str
    scope: dict[str, Any]
    roles: list[str]
    language: Language
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    key: str | None = None


class KeyPage(Answer):
    items: list[KeyOut]
    next: str | None


class AdministratorIn(Body):
    name: Name
    email: Mail
    scope: Scope
    roles: Roles
    language: Language = "fr"


class AdministratorChange(Body):
    name: Name | None = None
    roles: Roles | None = None
    language: Language | None = None


class AdministratorOut(Answer):
    id: UUID
    name: str
    scope: dict[str, Any]
    roles: list[str]
    language: Language
    created_at: datetime


class AdministratorPage(Answer):
    items: list[AdministratorOut]
    next: str | None


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise refuse(_("This is not an address.")) from None
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return url
    # Credentials in an address would be shown wherever the address is.
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine or "@" in parts.netloc:
        raise refuse(_("An address starts with https:// or http:// and holds no password."))
    return url


Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[\x21-\x7e]+$"),
    AfterValidator(_address),
]


class StackIn(Body):
    name: Name
    kind: Literal["wazo", "csv"]
    url: Address
    username: Text = ""
    password: Secret = ""
    verify_tls: StrictBool = True
    partner: UUID | None = None

    @model_validator(mode="after")
    def file_is_csv(self) -> StackIn:
        if (self.kind == "csv") != self.url.startswith("file:"):
            raise refuse(_("A CSV stack is a file, and only a CSV stack is."))
        return self


class StackChange(Body):
    name: Name | None = None
    url: Address | None = None
    username: Text | None = None
    password: Secret | None = None
    verify_tls: StrictBool | None = None


class StackOut(Answer):
    id: UUID
    name: str
    kind: Literal["wazo", "csv"]
    url: str
    username: str
    has_password: bool
    verify_tls: bool
    partner: UUID | None


class StackPage(Answer):
    items: list[StackOut]
    next: str | None


class TenantIn(Body):
    stack: UUID
    tenant_uuid: UUID


class TenantOut(Answer):
    id: UUID
    stack: UUID
    stack_name: str
    tenant_uuid: UUID
    synchronized_at: datetime | None
    tried_at: datetime | None
    error: str | None


class TenantPage(Answer):
    items: list[TenantOut]
    next: str | None


class Doer(Answer):
    kind: Literal["administrator", "api_key", "system"]
    id: UUID | None
    name: str | None


class JournalEntryOut(Answer):
    id: UUID
    at: datetime
    actor: Doer
    door: str
    action: str
    customer: UUID | None
    object: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


class JournalPage(Answer):
    items: list[JournalEntryOut]
    next: str | None
