"""``/journal``: who did what, when, through which door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.api import paging
from strapontin.api.answers import answer, as_json
from strapontin.api.routes.common import doer
from strapontin.api.schemas.common import PageOfCustomer
from strapontin.api.schemas.journal import JournalPage
from strapontin.api.visit import ApiRequest
from strapontin.journal import queries
from strapontin.journal.models import ABOVE_CUSTOMERS

router = Router(tags=["journal"])


def show(found: dict[str, Any]) -> dict[str, Any]:
    """An entry, with what it was about."""
    return {
        "id": found["id"],
        "at": found["at"],
        "actor": doer(found),
        "door": found["door"],
        "action": found["action"],
        "customer": None if found["customer_id"] == ABOVE_CUSTOMERS else found["customer_id"],
        "object": {"kind": found["object_kind"], "id": found["object_id"]},
        "before": as_json(found["before"]),
        "after": as_json(found["after"]),
    }


@router.get("journal", response=JournalPage)
def list_entries(request: ApiRequest, page: Query[PageOfCustomer]) -> HttpResponse:
    """The journal of one's scope, the newest first; of one customer where ``customer`` is named."""
    grant = grants.administrator_manager(request.visit.actor)
    after = paging.decode(page.cursor, UUID)
    found = queries.entries(grant, customer_id=page.customer, after=after[0] if after else None, limit=page.limit)
    return answer(paging.page(found, page.limit, ["id"], show))
