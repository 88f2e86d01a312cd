"""``/stacks``: telephone servers; their passwords come in and never go out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import StackManager
from strapontin.api import paging
from strapontin.api.answers import answer, expected_version
from strapontin.api.routes.common import changes
from strapontin.api.schemas.common import PageIn
from strapontin.api.schemas.stacks import StackChange, StackIn, StackOut, StackPage
from strapontin.api.visit import ApiRequest
from strapontin.stacks import inventory, operations
from strapontin.stacks.operations import NewStack

router = Router(tags=["stacks"])


def show(found: dict[str, Any]) -> dict[str, Any]:
    """A stack without its password."""
    shown = {field: found[field] for field in StackOut.model_fields if field != "partner"}
    return shown | {"partner": found["partner_id"]}


@router.get("stacks", response=StackPage)
def list_stacks(request: ApiRequest, page: Query[PageIn]) -> HttpResponse:
    """Stacks of one's scope, by name."""
    grant = grants.stack_manager(request.visit.actor)
    after = paging.decode(page.cursor, str, UUID)
    found = inventory.stacks(grant, after=after, limit=page.limit)
    return answer(paging.page(found, page.limit, ["sort_key", "id"], show))


@router.post("stacks", response={201: StackOut})
def create_stack(request: ApiRequest, body: StackIn) -> HttpResponse:
    """Adds a stack."""
    grant = grants.stack_manager(request.visit.actor)
    new = NewStack(partner_id=body.partner, **body.model_dump(exclude={"partner"}))
    stack_id = operations.create_stack(grant, new=new, at=request.visit.at)
    return _one(grant, stack_id, status=201)


@router.get("stacks/{uuid:stack_id}", response=StackOut)
def read_stack(request: ApiRequest, stack_id: UUID) -> HttpResponse:
    """One stack."""
    return _one(grants.stack_manager(request.visit.actor), stack_id)


@router.patch("stacks/{uuid:stack_id}", response=StackOut)
def change_stack(request: ApiRequest, stack_id: UUID, body: StackChange) -> HttpResponse:
    """Changes a stack; a new address without a new password forgets the old password."""
    grant = grants.stack_manager(request.visit.actor)
    operations.change_stack(
        grant,
        stack_id=stack_id,
        changes=changes(body),
        expected_version=expected_version(request),
        at=request.visit.at,
    )
    return _one(grant, stack_id)


def _one(grant: StackManager, stack_id: UUID, *, status: int = 200) -> HttpResponse:
    found = inventory.stack(grant, stack_id)
    return answer(show(found), status=status, version=found["version"])
