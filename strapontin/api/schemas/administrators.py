"""What ``/administrators`` takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.common import UNCHANGED, Answer, Body, Scope
from strapontin.api.schemas.kinds import Language, Mail, Name, Roles


class AdministratorIn(Body):
    name: Name
    email: Mail
    scope: Scope
    roles: Roles
    language: Language = "fr"


class AdministratorChange(Body):
    name: Name = UNCHANGED
    roles: Roles = UNCHANGED
    language: Language = UNCHANGED
    email: Mail = UNCHANGED
    is_active: StrictBool = UNCHANGED
    daily_letter: StrictBool = UNCHANGED


class AdministratorOut(Answer):
    id: UUID
    name: str
    email: str
    is_active: bool
    scope: dict[str, Any]
    roles: list[str]
    language: Language
    daily_letter: bool
    created_at: datetime
    created_by: dict[str, Any] | None


class AdministratorPage(Answer):
    items: list[AdministratorOut]
    next: str | None
