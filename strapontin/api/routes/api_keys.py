"""``/api-keys``: keys are made, listed and revoked. The secret is answered once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants, operations, queries
from strapontin.access.actors import Actor
from strapontin.access.doers import names_of
from strapontin.access.operations import NewKey
from strapontin.access.queries import ApiKeyFacts
from strapontin.api import paging
from strapontin.api.answers import answer, created, no_content
from strapontin.api.routes.common import scope_given, show_scope
from strapontin.api.schemas.api_keys import KeyIn, KeyOut, KeyPage
from strapontin.api.schemas.common import PageOfCustomer
from strapontin.api.visit import ApiRequest

router = Router(tags=["API keys"])


def show_key(api_key: ApiKeyFacts, makers: Mapping[UUID, str]) -> dict[str, Any]:
    """A key without its secret. ``makers`` names those who made keys."""
    plain = KeyOut.model_fields.keys() - {"scope", "key", "created_by"}
    facts = {field: getattr(api_key, field) for field in KeyOut.model_fields if field in plain}
    maker = api_key.created_by_id
    created_by = {"id": maker, "name": makers[maker]} if maker else None
    return facts | {"scope": show_scope(api_key), "created_by": created_by}


def _show_one(actor: Actor, api_key: ApiKeyFacts) -> dict[str, Any]:
    return show_key(api_key, _makers(actor, [api_key]))


def _makers(actor: Actor, api_keys: Iterable[ApiKeyFacts]) -> dict[UUID, str]:
    return names_of(actor, {api_key.created_by_id for api_key in api_keys if api_key.created_by_id})


@router.get("api-keys", response=KeyPage)
def list_keys(request: ApiRequest, page: Query[PageOfCustomer]) -> HttpResponse:
    """The keys of your scope, the newest first. With ``customer``: those of this customer.

    A partner lists its customers' keys only customer by customer.
    """
    grant = grants.administrator_manager(request.visit.actor)
    api_keys = queries.api_keys(grant, customer_id=page.customer, after=paging.id_after(page.cursor), limit=page.limit)
    makers = _makers(request.visit.actor, api_keys)
    return answer(paging.page(api_keys, page.limit, ["id"], lambda api_key: show_key(api_key, makers)))


@router.post("api-keys", response={201: KeyOut})
def create_key(request: ApiRequest, body: KeyIn) -> HttpResponse:
    """Makes a key. Only this answer contains the secret, as ``key``."""
    grant = grants.administrator_manager(request.visit.actor)
    new = NewKey(
        name=body.name,
        scope=scope_given(body.scope),
        roles=list(body.roles),
        expires_at=body.expires_at,
        language=body.language,
    )
    key_id, secret = operations.create_api_key(grant, new=new, at=request.visit.at)
    without_secret = _show_one(grant.actor, queries.api_key(grant, key_id))
    response = created(without_secret | {"key": secret})
    # A repeated request gets the kept answer. A secret is never kept.
    response.repeatable = created(without_secret).content  # type: ignore[attr-defined]
    return response


@router.get("api-keys/{uuid:key_id}", response=KeyOut)
def read_key(request: ApiRequest, key_id: UUID) -> HttpResponse:
    """One key, without its secret."""
    grant = grants.administrator_manager(request.visit.actor)
    return answer(_show_one(grant.actor, queries.api_key(grant, key_id)))


@router.delete("api-keys/{uuid:key_id}", response={204: None})
def delete_key(request: ApiRequest, key_id: UUID) -> HttpResponse:
    """Revokes a key at once, and the keys that were made with it."""
    grant = grants.administrator_manager(request.visit.actor)
    operations.revoke_api_key(grant, key_id=key_id, at=request.visit.at)
    return no_content()
