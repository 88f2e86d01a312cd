"""A request that came through the door of the screens, and the organisation of its actor."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from strapontin.access.actors import Actor
from strapontin.doors.visit import Visit
from strapontin.kit.database import row_of, value_of
from strapontin.refusals import Refusal
from strapontin.requests.queries import WAITING, waiting_for

# The field in which a page's script tells for whom the page was made.
OPENED_BY = "opened_by"
_PARTNER_HOME = f"""
SELECT name, EXISTS (SELECT 1 FROM partner b WHERE b.payer AND b.path @> ARRAY[p.id]) AS invoiced,
       {WAITING} AS requests
  FROM partner p WHERE id = %(organisation)s
"""  # noqa: S608  our own text
_CUSTOMER_HOME = f"SELECT name, false AS invoiced, {WAITING} AS requests FROM customer WHERE id = %(organisation)s"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Home:
    """The organisation an actor belongs to; ``invoiced`` says whether invoices are for it or for those below.

    ``requests`` counts those for seats that wait for the actor: to be answered, or with an answer to be read.
    """

    name: str
    invoiced: bool = False
    requests: int = 0


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
    """The organisation of the actor, and what waits there, read in its scope: one query."""
    actor = visit.actor
    values = {"organisation": actor.partner_id or actor.customer_id, **waiting_for(actor)}
    if actor.provider:
        return Home(visit.settings.name, invoiced=True, requests=value_of(int, f"SELECT {WAITING}", values) or 0)
    return row_of(Home, _PARTNER_HOME if actor.partner_id else _CUSTOMER_HOME, values) or Home("")
