"""No seat is free: what the reader may do about it, with the price beside it (SPEC 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from strapontin.access.grants import UserManager
from strapontin.access.helpers import who_can_help
from strapontin.allocations.queries import SiteFigures
from strapontin.allocations.rules import Change, Place
from strapontin.billing.effects import Effect, confirm_changes, confirm_for_users, preview_for_users
from strapontin.refusals import Refusal
from strapontin.web import effects
from strapontin.web import shapes as s
from strapontin.web.labels import Types
from strapontin.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Missing:
    """A user without a seat: where, which type, and the sites of the customer as they stand."""

    grant: UserManager
    visit: Visit
    place: Place
    sites: list[SiteFigures]
    types: Types

    @property
    def site(self) -> SiteFigures:
        """The site the user is for."""
        return next(site for site in self.sites if site.site_id == self.place[0])

    def preview(self) -> Effect:
        """What allocating the missing seat does."""
        settings, at = self.visit.settings, self.visit.at
        return preview_for_users(self.grant, place=self.place, seats=1, settings=settings, at=at)

    def giver(self) -> SiteFigures | None:
        """Another site with a free seat of the type."""
        code = self.place[1]
        others = [site for site in self.sites if site is not self.site and site.of(code).remaining > 0]
        return max(others, key=lambda site: site.of(code).remaining, default=None)


def decide(missing: Missing, *, full_name: str) -> tuple[s.Decision, bool]:
    """The decision to show, and whether its effect has no price."""
    now = missing.site.of(missing.place[1])
    customer, visit = missing.grant.customer, missing.visit
    may = missing.grant.may_allocate
    effect = missing.preview() if may else None
    until = visit.today + timedelta(days=visit.settings.hand_back_days)
    raised = effect is not None and any(entry.kind == "raise" for entry in effect.entries)
    giver = missing.giver() if may else None
    helpers = [] if may else who_can_help(missing.grant.actor, role="subscriptions", customer_id=customer.id)
    decision = s.Decision(
        may_allocate=may,
        type=missing.types[missing.place[1]],
        site=missing.site.name,
        allocated=now.allocated,
        used=now.used,
        full_name=full_name,
        effect=effects.compose(effect, customer, missing.types) if effect else None,
        digest=effect.digest if effect else "",
        hand_back_until=until if raised else None,
        committed_until=customer.period_ends_on if raised and customer.period_ends_on > until else None,
        move_from=giver.name if giver else "",
        helpers=[s.Helper(name=h.name, organisation=h.organisation, is_partner=h.is_partner) for h in helpers],
    )
    return decision, effect is not None and effects.is_unpriced(effect)


def confirm(missing: Missing, digest: str) -> None:
    """Lets the allocation through only where it does exactly what was shown (SPEC 4); ``preview_outdated`` else."""
    settings, at = missing.visit.settings, missing.visit.at
    confirm_for_users(missing.grant, place=missing.place, seats=1, digest=digest, settings=settings, at=at)


def take_from_another(missing: Missing) -> str:
    """Moves the missing seat from another site, free of charge; answers that site's name.

    Raises ``no_free_seat`` where no site has one any more.
    """
    giver = missing.giver()
    if giver is None:
        raise Refusal("no_free_seat", missing=1)
    code = missing.place[1]
    changes = [
        Change(giver.site_id, code, giver.of(code).allocated - 1),
        Change(missing.place[0], code, missing.site.of(code).allocated + 1),
    ]
    confirm_changes(
        missing.grant.allocation_manager(), changes=changes, settings=missing.visit.settings, at=missing.visit.at
    )
    return giver.name
