"""``/price-lists``: the provider writes them, payers read them. A list never changes; another one replaces it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.api import paging
from strapontin.api.answers import answer, created, money, no_content, percent
from strapontin.api.schemas.common import PageIn
from strapontin.api.schemas.price_lists import PriceListIn, PriceListOut, PriceListPage
from strapontin.api.visit import ApiRequest
from strapontin.provider import queries
from strapontin.provider.price_lists import NewPriceList, create_price_list, withdraw_price_list
from strapontin.provider.queries import PriceListFacts

router = Router(tags=["price lists"])


def show_price_list(price_list: PriceListFacts) -> dict[str, Any]:
    """A price list: amounts and percentages as text."""
    return {
        "id": price_list.id,
        "name": price_list.name,
        "currency": price_list.currency,
        "valid_from": price_list.valid_from,
        "partner": price_list.partner_id,
        "prices": {code: money(amount) for code, amount in price_list.prices.items()},
        "term_discounts": {months: percent(rate) for months, rate in price_list.term_discounts.items()},
        "level_discounts": {level: percent(rate) for level, rate in price_list.level_discounts.items()},
    }


@router.get("price-lists", response=PriceListPage)
def list_price_lists(request: ApiRequest, page: Query[PageIn]) -> HttpResponse:
    """The price lists that you may see, the newest first."""
    grant = grants.invoice_reader(request.visit.actor)
    price_lists = queries.price_lists(grant, after=paging.id_after(page.cursor), limit=page.limit)
    return answer(paging.page(price_lists, page.limit, ["id"], show_price_list))


@router.post("price-lists", response={201: PriceListOut})
def add_price_list(request: ApiRequest, body: PriceListIn) -> HttpResponse:
    """Adds a price list (provider only): for everybody, or for one partner, which names what it overrides.

    With ``replaces``, the list of that id is withdrawn at the same time.
    """
    actor = request.visit.actor
    grant = grants.provider(actor)
    if body.partner is not None:
        grants.partner(actor, body.partner)
    new = NewPriceList(
        name=body.name,
        currency=body.currency,
        valid_from=body.valid_from,
        partner_id=body.partner,
        prices=body.prices,
        term_discounts={int(months): rate for months, rate in body.term_discounts.items()},
        level_discounts={str(level): rate for level, rate in body.level_discounts.items()},
    )
    price_list_id = create_price_list(grant, new=new, at=request.visit.at, replaces=body.replaces)
    return created(show_price_list(queries.price_list(grants.invoice_reader(actor), price_list_id)))


@router.get("price-lists/{uuid:price_list_id}", response=PriceListOut)
def read_price_list(request: ApiRequest, price_list_id: UUID) -> HttpResponse:
    """One price list."""
    grant = grants.invoice_reader(request.visit.actor)
    return answer(show_price_list(queries.price_list(grant, price_list_id)))


@router.delete("price-lists/{uuid:price_list_id}", response={204: None})
def delete_price_list(request: ApiRequest, price_list_id: UUID) -> HttpResponse:
    """Withdraws a price list that gave no period a price (provider only)."""
    withdraw_price_list(grants.provider(request.visit.actor), price_list_id=price_list_id, at=request.visit.at)
    return no_content()
