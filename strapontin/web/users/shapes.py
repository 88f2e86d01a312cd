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
    "absent": the stack has never shown the user.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """No seat was free: what the reader may do about it (SPEC 5). ``missing`` is 0 if a seat is free by now.

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
