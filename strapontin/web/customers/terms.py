"""The cards of the terms that one may choose (DESIGN, engagement)."""

from __future__ import annotations

from collections.abc import Sequence

from strapontin.customers.terms import TermOffer
from strapontin.web.customers.shapes import TermCard
from strapontin.web.frame.labels import Types


def term_cards(
    offers: Sequence[TermOffer],
    types: Types,
    *,
    chosen: int | None,
    present: int | None = None,
    planned: int | None = None,
) -> list[TermCard]:
    """A card for each term; ``present`` is the one that the customer has, to which the others are compared."""
    now = next((offer for offer in offers if offer.months == present), None)
    cards = []
    for offer in offers:
        by_type = {price.type_code: price for price in offer.prices}
        cards.append(
            TermCard(
                months=offer.months,
                checked=offer.months == chosen,
                present=offer.months == present,
                planned=offer.months == planned,
                discount=offer.discount_percent,
                prices=[(label, by_type[label.code].unit_price) for label in types if label.code in by_type],
                currency=offer.currency,
                ends_on=offer.period.ends_on,
                stub=offer.stub,
                per_year=offer.per_year if offer.seats else None,
                difference=offer.per_year - now.per_year if offer.seats and now and now is not offer else None,
                at_once=offer.at_once if offer.seats else None,
            )
        )
    return cards
