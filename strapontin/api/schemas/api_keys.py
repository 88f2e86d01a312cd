"""What ``/api-keys`` takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.api.schemas.common import Answer, Body, Scope
from strapontin.api.schemas.kinds import Language, Moment, Name, Roles


class KeyIn(Body):
    name: Name
    scope: Scope
    roles: Roles
    expires_at: Moment | None = None
    language: Language = "en"


class Maker(Answer):
    id: UUID
    name: str


class KeyOut(Answer):
    id: UUID
    name: str
    scope: dict[str, Any]
    roles: list[str]
    language: Language
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    created_by: Maker | None
    last_used_at: datetime | None
    key: str | None = None


class KeyPage(Answer):
    items: list[KeyOut]
    next: str | None
