"""What approving a request would do and cost, for those who may decide (SPEC 4, 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from strapontin.access import grants
from strapontin.billing.effects import Effect
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal
from strapontin.requests.operations import preview_approval
from strapontin.requests.queries import SeatRequest
from strapontin.web.frame.answers import attempt


@dataclass(frozen=True, slots=True)
class Priced:
    """The effect of an approval, or why it would be refused."""

    effect: Effect | None
    refusal: Refusal | None

    @property
    def amount(self) -> Decimal | None:
        """What the next invoice has more, without tax; ``None`` if the reader sees no amount, or a price is missing."""
        if self.effect is None or self.effect.next_invoice is None or self.effect.without is None:
            return None
        after, without = self.effect.next_invoice.net, self.effect.without.net
        return None if after is None or without is None else after - without

    @property
    def currency(self) -> str:
        """The currency of the amount."""
        return self.effect.next_invoice.currency if self.effect and self.effect.next_invoice else ""

    @property
    def invoice_date(self) -> date | None:
        """The date of the next invoice, for those who see amounts."""
        return self.effect.next_invoice.date if self.effect and self.effect.next_invoice else None

    @property
    def allocates(self) -> bool:
        """Whether seats have to be allocated: none if enough have become free."""
        return self.effect is not None and bool(self.effect.entries)


def price(visit: Visit, asked: SeatRequest) -> Priced:
    """What approving the open request would do now; needs Subscription management."""
    grant = grants.allocation_manager(visit.actor, asked.customer_id)
    effect = attempt(lambda: preview_approval(grant, request=asked, settings=visit.settings, at=visit.at))
    return Priced(None, effect) if isinstance(effect, Refusal) else Priced(effect, None)
