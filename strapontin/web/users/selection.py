"""A selection of users, what is to be done with it, and what that takes (SPEC 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strapontin.access.grants import UserManager
from strapontin.allocations.rules import Place
from strapontin.billing.effects import Effect, preview_room
from strapontin.customers.subscriptions import SiteFigures
from strapontin.doors.visit import Visit
from strapontin.kit.database import rehearsal
from strapontin.seats.bulk import ACTIONS, MOST_USERS, Action, BulkChange, BulkPlan, plan_bulk
from strapontin.web.figures import effects
from strapontin.web.frame.answers import attempt
from strapontin.web.frame.helpers import helpers_of
from strapontin.web.frame.labels import Types
from strapontin.web.frame.offers import ask_for
from strapontin.web.users.shapes import BulkDecision, MissingSeats


@dataclass(frozen=True, slots=True)
class Selection:
    """Users that were ticked, by customer, and what is asked for them."""

    by_customer: Mapping[UUID, list[UUID]]
    action: Action

    @property
    def customer_id(self) -> UUID | None:
        """The customer of all of them; ``None`` if there is no user, or if they are of several."""
        return next(iter(self.by_customer)) if len(self.by_customer) == 1 else None

    @property
    def user_ids(self) -> list[UUID]:
        """All of them."""
        return [user_id for users in self.by_customer.values() for user_id in users]

    @property
    def keys(self) -> str:
        """The selection in one field of a form: what :func:`selection_in` reads."""
        return " ".join(f"{customer}.{user}" for customer, users in self.by_customer.items() for user in users)


def selection_in(asked: QueryDict) -> Selection:
    """The selection of a form or an address, of at most one user more than can be changed at once.

    What cannot be read is left out.
    """
    by_customer: dict[UUID, list[UUID]] = {}
    keys = [*asked.getlist("user"), *asked.get("users", "").split()]
    for key in dict.fromkeys(keys[: MOST_USERS + 1]):
        customer, _dot, user = key.partition(".")
        if (customer_id := id_in(customer)) and (user_id := id_in(user)):
            by_customer.setdefault(customer_id, []).append(user_id)
    action = asked.get("action", "")
    return Selection(by_customer, action if action in ACTIONS else "move")


def change_of(selection: Selection, asked: QueryDict) -> BulkChange | None:
    """What is asked for; ``None`` as long as the site or type is not chosen."""
    change = BulkChange(selection.user_ids, selection.action)
    if selection.action == "move":
        site_id = id_in(asked.get("site"))
        return replace(change, site_id=site_id, tenant_id=id_in(asked.get("tenant"))) if site_id else None
    if selection.action == "change_type":
        type_code = asked.get("type", "")
        return replace(change, type_code=type_code) if type_code else None
    return change


def id_in(text: str | None) -> UUID | None:
    """The id in a text; ``None`` if there is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def decide(
    grant: UserManager, visit: Visit, change: BulkChange, sites: list[SiteFigures], labels: Types
) -> BulkDecision:
    """What the change would do, seen before it is confirmed. Raises what it would raise, but for missing seats."""
    effect = None
    limit = ""
    with rehearsal():
        plan = plan_bulk(grant, change=change, settings=visit.settings, at=visit.at)
        if plan.missing and grant.may_allocate:
            previewed = attempt(lambda: _preview(grant, plan, visit))
            if isinstance(previewed, Effect):
                effect = previewed
            elif previewed.code == "above_limit":
                limit = previewed.sentence
            else:
                raise previewed
    may_allocate = grant.may_allocate and not limit
    asks = bool(plan.missing) and not may_allocate
    names = {site.site_id: site.name for site in sites}
    return BulkDecision(
        changed=plan.changed,
        unchanged=len(set(change.user_ids)) - plan.changed,
        places=[_missing(place, seats, names, labels) for place, seats in plan.missing.items()],
        may_allocate=may_allocate,
        limit=limit,
        actions=ask_for(plan.customer.id, plan.missing, names) if asks else (),
        effect=effects.compose(effect, plan.customer, labels) if effect else None,
        unpriced=effect is not None and effects.is_unpriced(effect),
        digest=effect.digest if effect else "",
        helpers=helpers_of(grant.actor, plan.customer.id) if asks else (),
        on_stack=any(user.tenant_id for user in plan.users),
    )


def _preview(grant: UserManager, plan: BulkPlan, visit: Visit) -> Effect:
    return preview_room(grant.allocation_manager(), rooms=plan.rooms, settings=visit.settings, at=visit.at)


def _missing(place: Place, seats: int, names: Mapping[UUID, str], labels: Types) -> MissingSeats:
    return MissingSeats(site=names.get(place[0], ""), type=labels[place[1]], seats=seats)


def title_of(action: Action, users: int) -> str:
    """What will be done, as a question's title and as its button say it."""
    texts = {
        "move": ngettext("Move %(users)s user", "Move %(users)s users", users),
        "change_type": ngettext("Change the type of %(users)s user", "Change the type of %(users)s users", users),
        "enable": ngettext("Enable %(users)s user", "Enable %(users)s users", users),
        "disable": ngettext("Disable %(users)s user", "Disable %(users)s users", users),
        "remove": ngettext("Remove %(users)s user", "Remove %(users)s users", users),
    }
    return texts[action] % {"users": users}


def done(action: Action, users: int) -> str:
    """What was done, for the note on the next page."""
    if not users:
        return _("Nothing had to change.")
    texts = {
        "move": ngettext("%(users)s user is moved.", "%(users)s users are moved.", users),
        "change_type": ngettext("%(users)s user has the new type.", "%(users)s users have the new type.", users),
        "enable": ngettext("%(users)s user is enabled.", "%(users)s users are enabled.", users),
        "disable": ngettext(
            "%(users)s user is disabled and keeps the seat.",
            "%(users)s users are disabled and keep their seats.",
            users,
        ),
        "remove": ngettext("%(users)s user is removed.", "%(users)s users are removed.", users),
    }
    return texts[action] % {"users": users}
