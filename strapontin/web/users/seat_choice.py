"""The site and the type of a new user, each with its free seats: what is chosen, and what can be chosen (SPEC 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from strapontin.access.grants import UserManager
from strapontin.allocations.operations import seats_are_limited
from strapontin.allocations.queries import Figures
from strapontin.allocations.rules import Place
from strapontin.customers.subscriptions import SiteFigures
from strapontin.doors.visit import Visit
from strapontin.kit.names import sort_key
from strapontin.web.frame.labels import TypeLabel, Types
from strapontin.web.users.shapes import SeatOption

# More sites than these are searched.
MOST_SITES = 8


@dataclass(frozen=True, slots=True)
class SeatChoice:
    """What a page for a new user has chosen so far. ``limited``: a user of this customer needs a free seat."""

    sites: list[SiteFigures]
    types: Types
    site: SiteFigures
    type: TypeLabel
    search: str
    limited: bool

    @property
    def place(self) -> Place:
        """The balance whose seat the user would take."""
        return (self.site.site_id, self.type.code)

    @property
    def is_long(self) -> bool:
        """Whether the customer has more sites than are shown at once."""
        return len(self.sites) > MOST_SITES

    def site_options(self) -> list[SeatOption]:
        """The sites with their free seats of the chosen type: the chosen one, and those that are searched for."""
        shown = self.sites
        if self.is_long:
            key = sort_key(self.search)
            others = [s for s in self.sites if s is not self.site and key in sort_key(s.name)]
            shown = [self.site, *others][:MOST_SITES]
        return [
            self._option(str(site.site_id), site.name, site is self.site, site.of(self.type.code)) for site in shown
        ]

    def type_options(self) -> list[SeatOption]:
        """The types with their free seats on the chosen site."""
        return [
            self._option(label.code, label.name, label == self.type, self.site.of(label.code)) for label in self.types
        ]

    def _option(self, value: str, name: str, chosen: bool, seats: Figures) -> SeatOption:
        over = max(0, seats.used - seats.allocated)
        return SeatOption(value=value, name=name, chosen=chosen, free=seats.remaining, over=over, limited=self.limited)


def choose_seat(
    grant: UserManager, visit: Visit, sites: list[SiteFigures], types: Types, typed: Mapping[str, str]
) -> SeatChoice:
    """The choice as typed. If nothing is typed: the first type, and the first site with a free seat of it.

    There is at least one site.
    """
    label = next((label for label in types if label.code == typed.get("type")), types.all[0])
    free = next((site for site in sites if site.of(label.code).remaining), sites[0])
    site = next((site for site in sites if str(site.site_id) == typed.get("site")), free)
    limited = seats_are_limited(grant.customer, settings=visit.settings, today=visit.today)
    return SeatChoice(sites, types, site, label, typed.get("q", "").strip()[:100], limited)
