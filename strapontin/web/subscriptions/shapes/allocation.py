"""Changing the seats of a site: each type, and what will happen to it.

Part of ``strapontin.web.subscriptions.shapes``, which says what these values promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from strapontin.web.figures.shapes import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What will happen to some seats of a type (SPEC 4); ``until`` and ``committed_until`` are exclusive."""

    kind: Literal[
        "raise", "hand_back", "lowering", "withdrawn", "move_in", "move_out", "unchanged", "returnable", "full"
    ]
    seats: int = 0
    before: int = 0
    after: int = 0
    on: date | None = None
    until: date | None = None
    committed_until: date | None = None
    other_site: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What a confirmation does, for its button: one thing to ``seats`` seats, or several things ("mixed")."""

    kind: Literal["raise", "hand_back", "lowering", "withdrawn", "mixed"]
    seats: int = 0

    @classmethod
    def of(cls, consequences: Iterable[Consequence]) -> Act:
        """One thing if all ``consequences`` are of its kind. A raise takes along a decrease that it withdraws."""
        happening = [c for c in consequences if c.kind not in ("unchanged", "returnable", "full")]
        if any(c.kind == "raise" for c in happening):
            happening = [c for c in happening if c.kind != "withdrawn"]
        kinds = {c.kind for c in happening}
        for kind in ("raise", "hand_back", "lowering", "withdrawn"):
            if kinds == {kind}:
                return cls(kind, sum(c.seats or abs(c.after - c.before) for c in happening))
        return cls("mixed")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeOption:
    """A type to give or to receive in an exchange, with its seats on the site.

    ``reason`` says why it cannot be chosen; ``unit_price`` is that of a month, if the reader may see it.
    """

    figures: Figures
    selected: bool
    reason: str = ""
    unit_price: Decimal | None = None
    currency: str = ""

    @property
    def left(self) -> int:
        """Seats that nobody uses."""
        return max(0, self.figures.allocated - self.figures.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRow:
    """A type of the site being changed.

    ``typed`` is kept as it was typed, also if it is refused because ``in_the_way`` users hold the seats.
    """

    figures: Figures
    name: str
    typed: str
    consequences: Sequence[Consequence] = ()
    in_the_way: int = 0
    error: str = ""
    users_url: str = ""

    @property
    def invalid(self) -> bool:
        """Whether the typed quantity is refused."""
        return bool(self.in_the_way or self.error)

    def _seats(self, *kinds: str) -> int:
        return sum(consequence.seats for consequence in self.consequences if consequence.kind in kinds)

    @property
    def opened(self) -> int:
        """Seats that would be there at once beside the present ones."""
        return self._seats("raise", "move_in")

    @property
    def kept(self) -> int:
        """Present seats that would stay for now."""
        return max(self.figures.allocated - self._seats("hand_back", "move_out"), 0)

    @property
    def next_cycle(self) -> int | None:
        """The scheduled quantity, if it would be another one."""
        lowerings = [consequence.after for consequence in self.consequences if consequence.kind == "lowering"]
        return lowerings[-1] if lowerings else None
