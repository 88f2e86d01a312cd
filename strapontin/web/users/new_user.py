"""The page of a new user: the seat first, then the user, and beside them what that does (SPEC 5, DESIGN)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.urls import reverse

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.customers.subscriptions import subscriptions_of
from strapontin.refusals import Refusal
from strapontin.seats import queries
from strapontin.seats.queries import User
from strapontin.web.account.automatic import USUAL_CEILING
from strapontin.web.figures.effects import invoicing_partner
from strapontin.web.frame.labels import types
from strapontin.web.frame.visit import PageRequest
from strapontin.web.users import decisions
from strapontin.web.users.choices import tenants_of_site
from strapontin.web.users.forms import UserForm
from strapontin.web.users.navigation import crumbs_of_user
from strapontin.web.users.seat_choice import SeatChoice, choose_seat

_FIELDS = ("first_name", "last_name", "email", "extension", "tenant")


@dataclass
class NewUserPage:
    """The page as typed so far. ``refused`` is a user whom a stack refused, and who is tried again.

    ``choice`` is ``None`` if the customer has no site.
    """

    request: PageRequest
    grant: UserManager
    typed: Mapping[str, str]
    refused: User | None
    choice: SeatChoice | None

    @property
    def save_url(self) -> str:
        """Where the form is sent."""
        return reverse("user_new", args=[self.grant.customer.id])

    @cached_property
    def _tenants(self) -> list[tuple[UUID, str]]:
        return tenants_of_site(self.grant, self.choice.site) if self.choice else []

    def form_with(self, data: Mapping[str, str] | None) -> UserForm:
        """The form with what was sent, to be checked; with ``None``, filled in and not checked yet."""
        choice = self.choice
        return UserForm(
            data,
            sites=[(site.site_id, site.name) for site in choice.sites] if choice else [],
            types=choice.types if choice else types(),
            tenants=self._tenants,
            initial=self._filled_in(),
        )

    def _filled_in(self) -> dict[str, Any]:
        known = self.refused.typed if self.refused else {}
        return known | {name: self.typed[name] for name in _FIELDS if name in self.typed}

    def missing(self) -> decisions.Missing:
        """What the chosen place misses for one more user."""
        choice = self.choice
        if choice is None:
            raise Refusal("not_found")
        return decisions.Missing(self.grant, self.request.visit, choice.place, choice.sites, choice.types)

    def context(self) -> dict[str, Any]:
        """What the templates show."""
        customer, choice, actor = self.grant.customer, self.choice, self.request.actor
        users_url = reverse("users", args=[customer.id])
        decision, unpriced = None, False
        if choice and customer.status == "active":
            decision, unpriced = decisions.decide(
                self.missing(), full_name=self._full_name(), way=self.typed.get("way", ""), is_fresh=True
            )
        return {
            "crumbs": crumbs_of_user(actor, self.grant),
            "form": self.form_with(None),
            "save_url": self.save_url,
            "decision_url": reverse("user_new_decision", args=[customer.id]),
            "back_url": users_url,
            "users_url": f"{users_url}?site={choice.site.site_id}" if choice else users_url,
            "site_options": choice.site_options() if choice else [],
            "type_options": choice.type_options() if choice else [],
            "choice": choice,
            "stacks": ", ".join(dict.fromkeys(stack.name for stack in choice.site.stacks)) if choice else "",
            "decision": decision,
            "unpriced": unpriced,
            "partner": invoicing_partner(actor) if actor.customer_id else "",
            "again": self.refused.id if self.refused else "",
            "expired": customer.status != "active",
            "focus_decision": False,
            "chooses_automatic": "automatic" in self.typed,
            "ceiling": self.typed.get("seats_per_month", USUAL_CEILING),
            "automatic_form": None,
            "reader": actor.id,
            "account_url": reverse("account"),
        }

    def _full_name(self) -> str:
        return f"{self.typed.get('first_name', '')} {self.typed.get('last_name', '')}".strip()


def open_new_user(request: PageRequest, customer_id: UUID, typed: Mapping[str, str]) -> NewUserPage:
    """The page with what was ``typed``, in a form or in the address. Raises as :func:`grants.user_manager`."""
    visit = request.visit
    grant = grants.user_manager(request.actor, customer_id)
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at).sites
    refused = _refused_user(grant, typed.get("again", ""))
    chosen = {name: str(refused.typed[name]) for name in ("site", "type")} if refused else {}
    chosen |= {name: typed[name] for name in ("site", "type", "q") if typed.get(name)}
    choice = choose_seat(grant, visit, sites, types(), chosen) if sites else None
    return NewUserPage(request, grant, typed, refused, choice)


def _refused_user(grant: UserManager, user_id: str) -> User | None:
    """The user whom a stack refused; ``None`` if it is somebody new."""
    try:
        user = queries.user(grant, user_id=UUID(user_id))
    except (ValueError, Refusal):
        return None
    return user if user.state == "refused" else None
