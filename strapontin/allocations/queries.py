"""Reading the allocations of one customer: the ledger, scheduled lowerings, raises that can be handed back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from strapontin.access.grants import AllocationManager
from strapontin.kit.database import rows_of, statement
from strapontin.organisation.settings import Settings

_LEDGER = statement(__file__, "ledger.sql")
_SCHEDULED = statement(__file__, "scheduled.sql")
_RETURNABLE = statement(__file__, "returnable_raises.sql")


@dataclass(frozen=True, slots=True)
class Figures:
    """Seats of one type, on a site or summed over sites.

    ``remaining`` are those free for a new user (SPEC 4), ``over`` those used above the allocation. ``full_sites``
    counts the sites whose users hold all seats, with none above.
    """

    type_code: str
    allocated: int = 0
    next_cycle: int = 0
    used: int = 0
    remaining: int = 0
    over: int = 0
    full_sites: int = 0

    @property
    def unused(self) -> int:
        """Seats that are allocated and not used (SPEC 4: *restants*)."""
        return max(0, self.allocated - self.used)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.type_code,
            self.allocated + other.allocated,
            self.next_cycle + other.next_cycle,
            self.used + other.used,
            self.remaining + other.remaining,
            self.over + other.over,
            self.full_sites + other.full_sites,
        )


def sums_by_type(type_codes: Iterable[str], seats: Iterable[Figures]) -> list[Figures]:
    """One sum for each of ``type_codes``, in their order; zeros if ``seats`` has none of the type."""
    sums = {code: Figures(code) for code in type_codes}
    for figures in seats:
        sums[figures.type_code] += figures
    return list(sums.values())


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A row of the ledger, with names.

    ``counterpart_name`` is the other site of a move, ``counterpart_type`` the other type of an exchange.
    ``reverses_id`` is the row that this one takes back. ``actor_name`` is ``None`` if the reader may not see who wrote
    the row, or if it was the system.
    """

    id: UUID
    site_id: UUID
    site_name: str
    type_code: str
    kind: str
    delta: int
    quantity_after: int
    effective_on: date
    recorded_at: datetime
    actor_kind: str
    actor_id: UUID | None
    door: str
    reason: str
    counterpart_site_id: UUID | None
    counterpart_name: str | None
    counterpart_type: str | None
    reverses_id: UUID | None
    actor_name: str | None


@dataclass(frozen=True, slots=True)
class ScheduledLowering:
    """A lowering that waits for the next cycle; ``actor_name`` as in :class:`LedgerRow`."""

    site_id: UUID
    site_name: str
    type_code: str
    effective_on: date
    allocated: int
    next_cycle: int
    recorded_at: datetime
    actor_name: str | None


@dataclass(frozen=True, slots=True)
class ReturnableRaise:
    """A raise of which ``seats`` can still be handed back, before the day ``until``."""

    site_id: UUID
    site_name: str
    type_code: str
    effective_on: date
    until: date
    seats: int


def ledger(
    grant: AllocationManager,
    *,
    site_id: UUID | None = None,
    before: UUID | None = None,
    since: UUID | None = None,
    limit: int = 50,
) -> list[LedgerRow]:
    """Rows of the ledger, the newest first; ``before`` is the id of the last row seen.

    With ``since``, an id, only rows written after it was made.
    """
    params = {"customer": grant.customer.id, "site": site_id, "before": before, "since": since, "limit": limit}
    return rows_of(LedgerRow, _LEDGER, params)


def scheduled(grant: AllocationManager, *, settings: Settings, at: datetime) -> list[ScheduledLowering]:
    """Lowerings that wait for the next cycle, per site and type."""
    return rows_of(ScheduledLowering, _SCHEDULED, {"customer": grant.customer.id, "today": settings.day(at)})


def returnable(grant: AllocationManager, *, settings: Settings, at: datetime) -> list[ReturnableRaise]:
    """Raises whose seats can still be handed back, the newest first."""
    params = {"customer": grant.customer.id, "today": settings.day(at), "days": settings.hand_back_days}
    return rows_of(ReturnableRaise, _RETURNABLE, params)
