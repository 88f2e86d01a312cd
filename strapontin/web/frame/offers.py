"""The way from a page on which seats are missing to a request for them (SPEC 5)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.allocations.rules import Place
from strapontin.web.frame.shapes import Action


def ask_for(customer_id: UUID, missing: Mapping[Place, int], site_names: Mapping[UUID, str]) -> list[Action]:
    """For each site a link to a request, filled in with its missing seats."""
    by_site: dict[UUID, dict[str, int]] = {}
    for (site_id, code), seats in missing.items():
        by_site.setdefault(site_id, {})[code] = seats
    url = reverse("request_new", args=[customer_id])
    return [
        Action(
            _("Ask for these seats") if len(by_site) == 1 else _("Ask for the seats in %s") % site_names[site_id],
            f"{url}?{urlencode({'site': site_id, **seats})}",
        )
        for site_id, seats in by_site.items()
    ]
