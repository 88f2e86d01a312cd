"""What ``/journal`` answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.api.schemas.common import Answer, Doer


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
