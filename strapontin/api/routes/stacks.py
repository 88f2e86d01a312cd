"""``/stacks``: telephone servers. No answer contains a password."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import StackManager
from strapontin.api import paging
from strapontin.api.answers import answer, expected_version
from strapontin.api.routes.common import changes_in
from strapontin.api.schemas.common import PageIn
from strapontin.api.schemas.stacks import StackChange, StackIn, StackOut, StackPage
from strapontin.api.visit import ApiRequest
from strapontin.stacks import inventory, operations
from strapontin.stacks.inventory import Stack
from strapontin.stacks.operations import NewStack

router = Router(tags=["stacks"])


def show_stack(stack: Stack) -> dict[str, Any]:
    """A stack without its password."""
    fields = {field: getattr(stack, field) for field in StackOut.model_fields if field != "partner"}
    return fields | {"partner": stack.partner_id}


@router.get("stacks", response=StackPage)
def list_stacks(request: ApiRequest, page: Query[PageIn]) -> HttpResponse:
    """The stacks of your scope, by name."""
    grant = grants.stack_manager(request.visit.actor)
    after = paging.decode(page.cursor, str, UUID)
    stacks = inventory.stacks(grant, after=after, limit=page.limit)
    return answer(paging.page(stacks, page.limit, ["sort_key", "id"], show_stack))


@router.post("stacks", response={201: StackOut})
def create_stack(request: ApiRequest, body: StackIn) -> HttpResponse:
    """Adds a stack."""
    grant = grants.stack_manager(request.visit.actor)
    new = NewStack(partner_id=body.partner, **body.model_dump(exclude={"partner"}))
    stack_id = operations.create_stack(grant, new=new, at=request.visit.at)
    return _answer_stack(grant, stack_id, status=201)


@router.get("stacks/{uuid:stack_id}", response=StackOut)
def read_stack(request: ApiRequest, stack_id: UUID) -> HttpResponse:
    """One stack."""
    return _answer_stack(grants.stack_manager(request.visit.actor), stack_id)


@router.patch("stacks/{uuid:stack_id}", response=StackOut)
def change_stack(request: ApiRequest, stack_id: UUID, body: StackChange) -> HttpResponse:
    """Changes a stack. A new ``url`` without a new ``password`` deletes the stored password."""
    grant = grants.stack_manager(request.visit.actor)
    operations.change_stack(
        grant,
        stack_id=stack_id,
        changes=changes_in(body),
        expected_version=expected_version(request),
        at=request.visit.at,
    )
    return _answer_stack(grant, stack_id)


def _answer_stack(grant: StackManager, stack_id: UUID, *, status: int = 200) -> HttpResponse:
    stack = inventory.stack(grant, stack_id)
    return answer(show_stack(stack), status=status, version=stack.version)
