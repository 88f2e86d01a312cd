"""Hypothesis strategies of who pays and what a seat costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.model import Partner, PriceList
from tests.oracle.stage import LEVELS, TERMS


def price_list_of(voice: str, *, cr: bool, valid_from: date, partner: str | None = None) -> PriceList:
    """A list whose Voice price says which one it was; Customer Relationship may be missing."""
    prices = {"voice": Decimal(voice), "uc": Decimal(voice) + Decimal("4.99")}
    return PriceList("EUR", valid_from, prices | ({"cr": Decimal("24.95")} if cr else {}), TERMS, LEVELS, partner)


def partners_and_prices(draw: DrawFn) -> tuple[tuple[Partner, ...], tuple[PriceList, ...]]:
    """Two payers; below the first a reseller that may pay for itself; perhaps a list of its own."""
    level = st.sampled_from(sorted(LEVELS))
    partners = (
        Partner("north", level=draw(level)),
        Partner("harbour", parent="north", level=draw(level), payer=draw(st.booleans())),
        Partner("south", level=draw(level)),
    )
    general = price_list_of("10.00", cr=draw(st.booleans()), valid_from=date(2000, 1, 1))
    own = price_list_of("7.77", cr=True, valid_from=date(2000, 1, 1), partner="south")
    # It names what it overrides: some types, some discounts.
    named = draw(st.sets(st.sampled_from(sorted(own.prices))))
    own = replace(own, prices={name: price for name, price in own.prices.items() if name in named})
    if draw(st.booleans()):
        own = replace(own, term_discounts={12: Decimal(25)}, level_discounts={})
    return partners, (general, own) if draw(st.booleans()) else (general,)
