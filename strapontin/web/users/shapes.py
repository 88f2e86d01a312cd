"""Users in a list, and what can be done if no seat is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from strapontin.web.figures.shapes import Effect, Figures
from strapontin.web.frame.labels import TypeLabel
from strapontin.web.frame.shapes import Action, Helper

Way = Literal["allocate", "move"]
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
class SeatOption:
    """A site or a type to be chosen for a new user, with its free seats; ``over`` are users above the allocation.

    Without ``limited``, a user needs no free seat.
    """

    value: str
    name: str
    chosen: bool
    free: int
    over: int
    limited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """One's automatic allocation for a customer. ``acts``: the missing seats are within the ceiling.

    ``seats_per_month`` ``None``: there is no ceiling. ``allocated`` counts the seats of this month.
    """

    acts: bool
    seats_per_month: int | None
    allocated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What adding a user to a place takes, and what the reader may do if no seat is free (SPEC 5).

    ``missing`` is 0 if a seat is free, or if none is needed (``limited`` is false). ``way`` is how a missing seat is
    to be had: allocated, or moved here from another site. ``automatic`` is set if the reader chose so.
    ``limit`` says why a reader with the role may not allocate it: it is above what the partner has set.
    """

    may_allocate: bool
    type: TypeLabel
    site: str
    allocated: int
    used: int
    next_cycle: int
    missing: int
    limit: str = ""
    full_name: str = ""
    effect: Effect | None = None
    digest: str = ""
    hand_back_until: date | None = None
    committed_until: date | None = None
    move_from: str = ""
    move_from_id: str = ""
    move_leaves: int = 0
    way: Way = "allocate"
    limited: bool = True
    automatic: Automatic | None = None
    helpers: Sequence[Helper] = ()

    @property
    def free(self) -> int:
        """Seats that a new user may take."""
        return max(0, min(self.allocated, self.next_cycle) - self.used)

    @property
    def left(self) -> int:
        """Free seats that are left once the user has taken one."""
        return max(0, self.free - 1)

    @property
    def will_be(self) -> int:
        """Seats allocated after the missing ones are."""
        return max(self.allocated, self.used + 1)

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
class SeatExchange:
    """A user's seat for one of another type: with its effect, or why that is no exchange.

    ``lowers_on`` is set if the other type costs no more: the seat stays, and can be lowered from that day. ``until``
    and ``committed_until`` are exclusive.
    """

    from_type: TypeLabel
    to_type: TypeLabel
    effect: Effect | None = None
    unpriced: bool = False
    digest: str = ""
    until: date | None = None
    committed_until: date | None = None
    lowers_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSeats:
    """Seats of a type that are missing on a site."""

    site: str
    type: TypeLabel
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDecision:
    """What a change of many users would do: how many change, what is missing, and the effect of allocating it.

    ``limit`` says why the reader may not allocate so many seats. ``actions`` lead to a request for them.
    """

    changed: int
    unchanged: int
    places: Sequence[MissingSeats] = ()
    may_allocate: bool = False
    effect: Effect | None = None
    unpriced: bool = False
    digest: str = ""
    helpers: Sequence[Helper] = ()
    limit: str = ""
    actions: Sequence[Action] = ()
    on_stack: bool = False

    @property
    def missing(self) -> int:
        """How many seats are missing in all."""
        return sum(place.seats for place in self.places)
