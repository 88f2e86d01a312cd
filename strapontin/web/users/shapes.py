"""Users in a list, and what can be done if no seat is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from strapontin.web.figures.shapes import Effect, Figures
from strapontin.web.frame.labels import TypeLabel
from strapontin.web.frame.shapes import Helper

OnStack = Literal["", "ok", "waiting", "absent", "unknown", "failed", "unchanged", "staying"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A user in a list. ``on_stack`` is how the latest call to the stack stands; empty: none was made.

    "failed", "unchanged" and "staying": the stack refused to create, to change or to delete the user, for a reason.
    "absent": the stack has never shown the user. ``key`` names the user in a selection; empty: it cannot be selected.
    ``customer`` is named in a list of several customers.
    """

    name: str
    email: str
    site: str
    type: TypeLabel
    extension: str = ""
    enabled: bool = True
    on_stack: OnStack = ""
    reason: str = ""
    url: str = ""
    key: str = ""
    customer: str = ""
    customer_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """No seat was free: what the reader may do about it (SPEC 5). ``missing`` is 0 if a seat is free by now."""

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
        """Whether exactly all seats are used, now and in the next cycle."""
        return self.used == self.allocated == self.next_cycle > 0

    @property
    def figures(self) -> Figures:
        """The seats of the site as the drawing shows them."""
        return Figures(
            type=self.type, allocated=self.allocated, used=self.used, remaining=0, next_cycle=self.next_cycle
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSeats:
    """Seats of a type that are missing on a site."""

    site: str
    type: TypeLabel
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDecision:
    """What a change of many users would do: how many change, what is missing, and the effect of allocating it."""

    changed: int
    unchanged: int
    places: Sequence[MissingSeats] = ()
    may_allocate: bool = False
    effect: Effect | None = None
    unpriced: bool = False
    digest: str = ""
    helpers: Sequence[Helper] = ()
    on_stack: bool = False

    @property
    def missing(self) -> int:
        """How many seats are missing in all."""
        return sum(place.seats for place in self.places)
