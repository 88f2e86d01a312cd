"""Whole histories, drawn at random, in the product and in the slow oracle: every figure must be equal.

The profile ``ci`` draws the same histories each time, ``few`` the first of them; ``STRAPONTIN_HYPOTHESIS=deep`` draws
many new ones.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.comparison import live_side_by_side
from tests.oracle.histories import History
from tests.oracle.strategies import histories
from tests.servers import Database

EVERYTHING = list(HealthCheck)
settings.register_profile(
    "ci", max_examples=200, derandomize=True, database=None, deadline=None, suppress_health_check=EVERYTHING
)
# For the second server: what is drawn is the same, and so is the arithmetic.
settings.register_profile("few", settings.get_profile("ci"), max_examples=60)
settings.register_profile("deep", max_examples=3000, deadline=None, suppress_health_check=EVERYTHING)
drawn = settings.get_profile(os.environ.get("STRAPONTIN_HYPOTHESIS", "ci"))

fractions = st.floats(0, 1, allow_nan=False)


@drawn
@given(history=histories(), points=st.lists(st.tuples(fractions, fractions), max_size=6))
def test_the_product_and_the_oracle_agree(
    database: Database, history: History, points: list[tuple[float, float]]
) -> None:
    live_side_by_side(database, history, points)
