"""``/api-keys``: made, listed and revoked; the key itself is shown once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants, operations, queries
from strapontin.access.operations import NewKey, ScopeGiven
from strapontin.api import paging
from strapontin.api.answers import answer, created, nothing
from strapontin.api.routes.common import scope
from strapontin.api.schemas.api_keys import KeyIn, KeyOut, KeyPage
from strapontin.api.schemas.common import PageOfCustomer, Scope
from strapontin.api.visit import ApiRequest

router = Router(tags=["API keys"])


def given(body: Scope) -> ScopeGiven:
    """The scope that a body names."""
    return ScopeGiven(provider=bool(body.provider), partner_id=body.partner, customer_id=body.customer)


def show(found: dict[str, Any]) -> dict[str, Any]:
    """A key without its secret."""
    shown = {field: found[field] for field in KeyOut.model_fields if field not in ("scope", "key")}
    return shown | {"scope": scope(found)}


@router.get("api-keys", response=KeyPage)
def list_keys(request: ApiRequest, page: Query[PageOfCustomer]) -> HttpResponse:
    """Keys of one's scope, the newest first; ``customer`` names one below a partner."""
    grant = grants.administrator_manager(request.visit.actor)
    after = paging.decode(page.cursor, UUID)
    found = queries.api_keys(grant, customer_id=page.customer, after=after[0] if after else None, limit=page.limit)
    return answer(paging.page(found, page.limit, ["id"], show))


@router.post("api-keys", response={201: KeyOut})
def create_key(request: ApiRequest, body: KeyIn) -> HttpResponse:
    """Makes a key; ``key`` is answered this once."""
    grant = grants.administrator_manager(request.visit.actor)
    new = NewKey(
        name=body.name,
        scope=given(body.scope),
        roles=list(body.roles),
        expires_at=body.expires_at,
        language=body.language,
    )
    key_id, key = operations.create_api_key(grant, new=new, at=request.visit.at)
    shown = show(queries.api_key(grant, key_id))
    response = created(shown | {"key": key})
    # A repetition is answered from what was kept, and a secret is not kept.
    response.repeatable = created(shown).content  # type: ignore[attr-defined]
    return response


@router.get("api-keys/{uuid:key_id}", response=KeyOut)
def read_key(request: ApiRequest, key_id: UUID) -> HttpResponse:
    """One key, without its secret."""
    grant = grants.administrator_manager(request.visit.actor)
    return answer(show(queries.api_key(grant, key_id)))


@router.delete("api-keys/{uuid:key_id}", response={204: None})
def delete_key(request: ApiRequest, key_id: UUID) -> HttpResponse:
    """Revokes a key at once."""
    grant = grants.administrator_manager(request.visit.actor)
    operations.revoke_api_key(grant, key_id=key_id, at=request.visit.at)
    return nothing()
