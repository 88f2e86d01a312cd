"""What ``/customers/{c}/sites`` and their ``stack-tenants`` take and answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import StrictBool

from strapontin.api.schemas.common import UNCHANGED, Answer, Body, PageIn
from strapontin.api.schemas.kinds import Name, OptionalLines, Text


class SiteIn(Body):
    name: Name
    address: OptionalLines = ""


class SiteChange(Body):
    name: Name = UNCHANGED
    address: OptionalLines = UNCHANGED
    archived: StrictBool = UNCHANGED


class SitesIn(PageIn):
    """``archived``: the sites in the archive instead of those out of it."""

    archived: bool = False


class SiteOut(Answer):
    id: UUID
    name: str
    address: str
    archived_at: datetime | None


class SitePage(Answer):
    items: list[SiteOut]
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


class DetachmentIn(Body):
    digest: Text | None = None


class DetachedUserOut(Answer):
    id: UUID
    name: str | None
    type: str
    goes: bool


class DetachedSeatsOut(Answer):
    type: str
    used: int


class DetachmentOut(Answer):
    users: list[DetachedUserOut]
    seats: list[DetachedSeatsOut]
    open_calls: int
    digest: str
