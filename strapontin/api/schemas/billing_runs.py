"""What ``/billing-runs`` takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Day


class RunIn(Body):
    date: Day
    preview: StrictBool = False


class Progress(Answer):
    done: int
    total: int


class Parked(Answer):
    customer: UUID
    customer_name: str
    reason: str


class RunOut(Answer):
    id: UUID
    date: date
    preview: bool
    state: Literal["queued", "running", "done", "failed"]
    progress: Progress
    cut: datetime | None
    created_at: datetime
    finished_at: datetime | None


class RunDetail(RunOut):
    invoices: list[dict[str, Any]]
    invoices_next: str | None
    parked: list[Parked]


class RunPage(Answer):
    items: list[RunOut]
    next: str | None
