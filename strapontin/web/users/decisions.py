"""No seat is free: what the reader may do about it, with the price beside it (SPEC 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strapontin.access.grants import UserManager
from strapontin.allocations.automatic import ceiling_of
from strapontin.allocations.operations import lock_place, seats_are_limited
from strapontin.allocations.rules import Change, Entry, Place
from strapontin.billing.effects import Effect, confirm_changes, confirm_for_users, preview_for_users
from strapontin.customers.subscriptions import SiteFigures, subscriptions_of
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal
from strapontin.web.figures import effects
from strapontin.web.frame.answers import attempt
from strapontin.web.frame.helpers import helpers_of
from strapontin.web.frame.labels import Types
from strapontin.web.frame.shapes import Note
from strapontin.web.users.shapes import Automatic, Decision


@dataclass(frozen=True, slots=True)
class Missing:
    """A user without a seat: the place of the seat, and the sites of the customer with their figures."""

    grant: UserManager
    visit: Visit
    place: Place
    sites: list[SiteFigures]
    types: Types

    @property
    def site(self) -> SiteFigures:
        """The site the user is for."""
        return next(site for site in self.sites if site.site_id == self.place[0])

    @property
    def seats(self) -> int:
        """How many seats are missing: 0 if one is free or none is needed, several if the site uses more than it has."""
        figures = self.site.of(self.place[1])
        if not self.limited:
            return 0
        return max(0, figures.used + 1 - min(figures.allocated, figures.next_cycle))

    @property
    def limited(self) -> bool:
        """Whether a user of this customer needs a free seat."""
        return seats_are_limited(self.grant.customer, settings=self.visit.settings, today=self.visit.today)

    @property
    def type_name(self) -> str:
        """The name of the type."""
        return self.types[self.place[1]].name

    def afresh(self) -> Missing:
        """The same with the figures of this moment."""
        sites = subscriptions_of(self.grant, settings=self.visit.settings, at=self.visit.at).sites
        return replace(self, sites=sites)

    def preview(self) -> Effect:
        """What allocating the missing seats does."""
        settings, at = self.visit.settings, self.visit.at
        return preview_for_users(self.grant, place=self.place, seats=1, settings=settings, at=at)

    def giver(self) -> SiteFigures | None:
        """Another site with as many free seats of the type as are missing."""
        code = self.place[1]
        others = [site for site in self.sites if site is not self.site and site.of(code).remaining >= self.seats]
        return max(others, key=lambda site: site.of(code).remaining, default=None)


def decide(missing: Missing, *, full_name: str, way: str = "allocate", is_fresh: bool = False) -> tuple[Decision, bool]:
    """The decision to show, and whether its effect has no price.

    ``way`` is the one chosen, if it can be had. The figures are read anew unless they ``is_fresh``.
    """
    missing = missing if is_fresh else missing.afresh()
    figures = missing.site.of(missing.place[1])
    customer, visit = missing.grant.customer, missing.visit
    effect = attempt(missing.preview) if missing.grant.may_allocate and missing.seats else None
    limit = effect.sentence if isinstance(effect, Refusal) else ""
    if isinstance(effect, Refusal):
        if effect.code != "above_limit":
            raise effect
        effect = None
    may_allocate = missing.grant.may_allocate and not limit
    until = visit.today + timedelta(days=visit.settings.hand_back_days)
    raised = effect is not None and any(entry.kind == "raise" for entry in effect.entries)
    giver = missing.giver() if effect else None
    decision = Decision(
        may_allocate=may_allocate,
        type=missing.types[missing.place[1]],
        site=missing.site.name,
        allocated=figures.allocated,
        next_cycle=figures.next_cycle,
        used=figures.used,
        missing=missing.seats,
        limit=limit,
        full_name=full_name,
        effect=effects.compose(effect, customer, missing.types) if effect else None,
        digest=effect.digest if effect else "",
        hand_back_until=until if raised else None,
        committed_until=customer.period_ends_on if raised and customer.period_ends_on > until else None,
        move_from=giver.name if giver else "",
        move_from_id=str(giver.site_id) if giver else "",
        move_leaves=giver.of(missing.place[1]).remaining - missing.seats if giver else 0,
        way="move" if giver and way == "move" else "allocate",
        limited=missing.limited,
        automatic=_automatic(missing, effect) if effect else None,
        helpers=() if may_allocate else helpers_of(missing.grant.actor, customer.id),
    )
    return decision, effect is not None and effects.is_unpriced(effect)


def _automatic(missing: Missing, effect: Effect) -> Automatic | None:
    """The reader's automatic allocation, and whether it would allocate what is missing."""
    visit = missing.visit
    ceiling = ceiling_of(missing.grant, settings=visit.settings, at=visit.at) if missing.grant.is_automatic else None
    if ceiling is None:
        return None
    acts = ceiling.allows(sum(entry.delta for entry in effect.entries))
    return Automatic(acts=acts, seats_per_month=ceiling.seats_per_month, allocated=ceiling.allocated)


def changed_meanwhile(decision: Decision) -> Note:
    """The note on top if the figures are no longer those that were confirmed."""
    title = _("The figures changed while you were here. Nothing was saved.")
    return Note("warn", title, _("The effect is now as follows.") if decision.effect else "", focus=True)


def confirm(missing: Missing, digest: str) -> str:
    """Answers what is going to be allocated, in a sentence. Until the commit, no other change can come between.

    Raises ``preview_outdated`` if the allocation would not do exactly what was shown (SPEC 4).
    """
    settings, at = missing.visit.settings, missing.visit.at
    effect = confirm_for_users(missing.grant, place=missing.place, seats=1, digest=digest, settings=settings, at=at)
    return say_allocated(missing.afresh(), effect.entries)


def say_allocated(missing: Missing, entries: Iterable[Entry]) -> str:
    """What was allocated, in a sentence or two; ``missing`` has the figures before it."""
    names = {"type": missing.type_name, "site": missing.site.name}
    raised = sum(entry.delta for entry in entries if entry.kind == "raise")
    kept = [entry.quantity_after for entry in entries if entry.kind == "withdraw"]
    sentences = []
    if kept and kept[-1] >= missing.site.of(missing.place[1]).allocated:
        sentences.append(_("The planned decrease of %(type)s in %(site)s is withdrawn.") % names)
    elif kept:
        text = ngettext(
            "The planned decrease in %(site)s now leaves %(seats)s %(type)s seat.",
            "The planned decrease in %(site)s now leaves %(seats)s %(type)s seats.",
            kept[-1],
        )
        sentences.append(text % {**names, "seats": kept[-1]})
    if raised:
        text = ngettext(
            "%(seats)s %(type)s seat was allocated in %(site)s with it.",
            "%(seats)s %(type)s seats were allocated in %(site)s with it.",
            raised,
        )
        sentences.append(text % {**names, "seats": raised})
    return " ".join(sentences)


def take_from_another(missing: Missing, *, shown_giver: str) -> str:
    """Moves the missing seats from another site, free of charge; answers what was moved, in a sentence.

    Nothing moves if a seat is free by now. Raises ``no_free_seat`` if no site has enough free seats any more, and
    ``preview_outdated`` if it is another site than ``shown_giver``, the id of the one that was shown.
    """
    settings, at = missing.visit.settings, missing.visit.at
    manager = missing.grant.allocation_manager()
    lock_place(manager.actor, manager.customer.id, place=missing.place, settings=settings, at=at)
    missing = missing.afresh()
    seats, code = missing.seats, missing.place[1]
    if not seats:
        return ""
    giver = missing.giver()
    if giver is None:
        raise Refusal("no_free_seat", missing=seats)
    if str(giver.site_id) != shown_giver:
        raise Refusal("preview_outdated")
    changes = [
        Change(giver.site_id, code, giver.of(code).allocated - seats),
        Change(missing.place[0], code, missing.site.of(code).allocated + seats),
    ]
    confirm_changes(manager, changes=changes, settings=settings, at=at)
    text = ngettext(
        "%(seats)s %(type)s seat was moved from %(giver)s to %(site)s, free of charge.",
        "%(seats)s %(type)s seats were moved from %(giver)s to %(site)s, free of charge.",
        seats,
    )
    return text % {"seats": seats, "type": missing.type_name, "giver": giver.name, "site": missing.site.name}
