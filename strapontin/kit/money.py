"""Money is exact: ``Decimal`` everywhere, rounded only if a rule says so, half up (away from zero)."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def to_cent(amount: Decimal) -> Decimal:
    """``amount`` rounded half up, away from zero, to the cent (SPEC 7)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
