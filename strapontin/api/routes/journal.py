"""``/journal``: who did what, when, through which door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.api import paging
from strapontin.api.answers import answer
from strapontin.api.routes.common import names_above_of, show_doer
from strapontin.api.schemas.common import PageOfCustomer
from strapontin.api.schemas.journal import JournalPage
from strapontin.api.visit import ApiRequest
from strapontin.journal import queries
from strapontin.journal.models import ABOVE_CUSTOMERS
from strapontin.journal.queries import Entry

router = Router(tags=["journal"])


def show_entry(entry: Entry, above: Mapping[UUID, str]) -> dict[str, Any]:
    """An entry. ``object`` is the thing that was changed."""
    return {
        "id": entry.id,
        "at": entry.at,
        "actor": show_doer(entry, above),
        "door": entry.door,
        "action": entry.action,
        "customer": None if entry.customer_id == ABOVE_CUSTOMERS else entry.customer_id,
        "object": {"kind": entry.object_kind, "id": entry.object_id},
        "before": entry.before,
        "after": entry.after,
    }


@router.get("journal", response=JournalPage)
def list_entries(request: ApiRequest, page: Query[PageOfCustomer]) -> HttpResponse:
    """The journal of your scope, the newest entry first. With ``customer``: that of this customer."""
    grant = grants.administrator_manager(request.visit.actor)
    entries = queries.entries(grant, customer_id=page.customer, after=paging.id_after(page.cursor), limit=page.limit)
    above = names_above_of(request.visit.actor, entries)
    return answer(paging.page(entries, page.limit, ["id"], lambda entry: show_entry(entry, above)))
