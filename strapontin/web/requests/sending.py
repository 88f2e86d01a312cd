"""Sending a request from the page of a new user: who lacks the role asks in one click (SPEC 5)."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.access import grants
from strapontin.doors.visit import Visit
from strapontin.requests.drafts import NewRequest
from strapontin.requests.operations import ask
from strapontin.seats.claims import NewUser
from strapontin.web.frame.answers import Done


def send_request(visit: Visit, customer_id: UUID, *, new: NewUser, note: str) -> Done:
    """Asks for the user with its seat; raises as :func:`strapontin.requests.operations.ask`."""
    party = grants.request_party(visit.actor, customer_id)
    request = NewRequest(users=[new], note=note)
    return sent(customer_id, ask(party, new=request, settings=visit.settings, at=visit.at))


def sent(customer_id: UUID, request_id: UUID) -> Done:
    """Leads to the request that was made."""
    title = _("The request is sent.")
    body = _("You get an e-mail, whether the answer is yes or no.")
    return Done(reverse("request", args=[customer_id, request_id]), title, body)
