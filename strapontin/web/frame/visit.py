"""A request that came through the door of the screens, and the organisation of its actor."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from strapontin.access.actors import Actor
from strapontin.doors.visit import Visit
from strapontin.kit.database import row_of, value_of
from strapontin.refusals import Refusal

# The field in which a page's script tells for whom the page was made.
OPENED_BY = "opened_by"
_PARTNER_HOME = """
SELECT name, EXISTS (SELECT 1 FROM partner b WHERE b.payer AND b.path @> ARRAY[p.id]) AS invoiced
  FROM partner p WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class Home:
    """The organisation an actor belongs to; ``invoiced`` says whether invoices are for it or for those below."""

    name: str
    invoiced: bool = False


class PageRequest(HttpRequest):
    """What views receive.

    ``refusal`` is what a stack has just said about the same request: the view shows it where one typed.
    """

    visit: Visit
    actor: Actor
    htmx: HtmxDetails
    refusal: Refusal | None


def wants_second_factor(visit: Visit) -> bool:
    """Whether somebody who manages administrators signs in with a password alone."""
    return not visit.second_factor and visit.actor.holds("administrators")


def home_of(visit: Visit) -> Home:
    """The organisation of the actor, read in its scope: one query, none for the provider."""
    actor = visit.actor
    if actor.provider:
        return Home(visit.settings.name, invoiced=True)
    if actor.partner_id:
        return row_of(Home, _PARTNER_HOME, [actor.partner_id]) or Home("")
    return Home(value_of(str, "SELECT name FROM customer WHERE id = %s", [actor.customer_id]) or "")
