"""Changing an allocation, and adding a user.

Part of ``strapontin.web.shapes``, which says what these values promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from strapontin.web.figures.shapes import Effect
from strapontin.web.subscriptions.shapes.overview import Figures, TypeLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What will happen to some seats of a type (SPEC 4); ``until`` and ``committed_until`` are exclusive."""

    kind: Literal["raise", "hand_back", "lowering", "withdrawn", "move_in", "move_out", "unchanged", "full"]
    seats: int = 0
    before: int = 0
    after: int = 0
    on: date | None = None
    until: date | None = None
    committed_until: date | None = None
    other_site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRow:
    """A type of the site being changed.

    ``wanted`` is what was typed, kept even when refused (``in_the_way`` users).
    """

    figures: Figures
    name: str
    wanted: str
    consequences: Sequence[Consequence] = ()
    in_the_way: int = 0
    error: str = ""
    users_url: str = ""

    @property
    def invalid(self) -> bool:
        """Whether the typed quantity cannot be had."""
        return bool(self.in_the_way or self.error)

    def _seats(self, *kinds: str) -> int:
        return sum(each.seats for each in self.consequences if each.kind in kinds)

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
        lowerings = [each.after for each in self.consequences if each.kind == "lowering"]
        return lowerings[-1] if lowerings else None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A user in a list; ``on_stack`` says where the stack and the portal do not agree yet."""

    name: str
    email: str
    site: str
    type: TypeLabel
    extension: str = ""
    enabled: bool = True
    on_stack: Literal["", "ok", "waiting", "unknown", "failed"] = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """Somebody who holds the role that is missing."""

    name: str
    organisation: str
    is_partner: bool = False

    @property
    def initials(self) -> str:
        """One or two letters for the seat beside the name."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """No seat was free: what the reader may do about it (SPEC 5). ``missing`` is 0 where one is free by now."""

    may_allocate: bool
    type: TypeLabel
    site: str
    allocated: int
    used: int
    next_cycle: int
    missing: int
    full_name: str = ""
    effect: Effect | None = None
    digest: str = ""
    hand_back_until: date | None = None
    committed_until: date | None = None
    move_from: str = ""
    helpers: Sequence[Helper] = ()

    @property
    def full(self) -> bool:
        """Whether every seat is used, no more and no fewer, now and in the next cycle."""
        return self.used == self.allocated == self.next_cycle > 0

    @property
    def figures(self) -> Figures:
        """The seats of the site as the drawing shows them."""
        return Figures(
            type=self.type, allocated=self.allocated, used=self.used, remaining=0, next_cycle=self.next_cycle
        )
