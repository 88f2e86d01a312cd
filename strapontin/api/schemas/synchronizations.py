"""What ``/customers/{c}/synchronizations`` takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from strapontin.api.schemas.common import Answer, Body


class SynchronizationIn(Body):
    """The site to read; without one, all sites of the customer."""

    site: UUID | None = None


class ReadingOut(Answer):
    site: UUID
    site_name: str
    stack_name: str
    state: Literal["waiting", "counted", "done", "failed"]
    error: str | None
    silent_since: datetime | None
    synchronized_at: datetime | None
    types: list[dict[str, Any]]
    unmapped: list[Any]
    differences: dict[str, Any]


class SynchronizationOut(Answer):
    id: UUID
    state: Literal["running", "done", "partial", "failed"]
    started_at: datetime
    finished_at: datetime | None
    sites: list[ReadingOut]


class SynchronizationPage(Answer):
    items: list[SynchronizationOut]
    next: str | None
