"""E-mails about requests: to those who may decide, and to the one who asked (SPEC 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.doers import names_of
from strapontin.access.grants import RequestParty
from strapontin.access.messages import Recipient, send_message
from strapontin.access.models import Administrator
from strapontin.access.scope import acting
from strapontin.catalogue.queries import subscription_types
from strapontin.kit.database import rows_of
from strapontin.kit.jobs import defer
from strapontin.refusals import Refusal
from strapontin.requests.queries import SeatRequest, request_of

Event = Literal["asked", "reminded", "answered"]
MOST_RECIPIENTS = 5

# The nearest first; the provider's own people only if nobody else could decide.
_DECIDERS = """
SELECT a.id, a.provider FROM administrator a
 WHERE 'subscriptions' = ANY (a.roles) AND a.is_active AND a.email <> '' AND a.id IS DISTINCT FROM %(asker)s::uuid
   AND (a.customer_id = %(customer)s::uuid OR a.partner_id = ANY (%(path)s::uuid[]) OR a.provider)
 ORDER BY a.provider, a.customer_id IS NULL, array_position(%(path)s::uuid[], a.partner_id) DESC NULLS LAST, a.name
 LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class _Decider:
    id: UUID
    provider: bool


def tell_of_request(*, customer_id: UUID, request_id: UUID, event: Event) -> None:
    """Has a message sent to each who is to be told: one job for each, so that none is sent twice.

    Nobody is told of a request that was deleted meanwhile.
    """
    with acting(system("job")):
        asked = _find(customer_id, request_id)
        if asked is None:
            return
        party, request = asked
        recipients: list[UUID] = []
        if event != "answered" and request.is_open:
            recipients = _deciders(request, party.customer.partner_path)
        elif event == "answered" and request.asked_by_id and request.asked_kind == "administrator":
            recipients = [request.asked_by_id]
        for recipient in recipients:
            ids = {"customer_id": str(customer_id), "request_id": str(request_id), "administrator_id": str(recipient)}
            defer("write_of_request", **ids, event=event)


def _find(customer_id: UUID, request_id: UUID) -> tuple[RequestParty, SeatRequest] | None:
    """The request, with its customer; ``None`` if either was deleted."""
    try:
        party = grants.request_party(system("job"), customer_id)
        return party, request_of(party, request_id=request_id)
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        return None


def _deciders(request: SeatRequest, path: list[UUID]) -> list[UUID]:
    values = {
        "asker": request.asked_by_id,
        "customer": request.customer_id,
        "path": [str(partner_id) for partner_id in path],
        "limit": MOST_RECIPIENTS,
    }
    deciders = rows_of(_Decider, _DECIDERS, values)
    return [decider.id for decider in deciders if not decider.provider] or [decider.id for decider in deciders]


def write_of_request(*, customer_id: UUID, request_id: UUID, administrator_id: UUID, event: Event) -> None:
    """Writes to one administrator, in their language. Raises ``OSError`` if mail does not get through.

    The message names what is asked for by site and type, and no user: the link leads to the names. It is not sent to
    somebody who may not sign in any more, and not about a request that was answered or deleted meanwhile.
    """
    with acting(system("job")):
        person = Administrator.objects.filter(id=administrator_id, is_active=True).exclude(email="").first()
        asked = _find(customer_id, request_id)
        types = {type_.code: (type_.name_fr, type_.name_en) for type_ in subscription_types()}
    if person is None or asked is None:
        return
    _, request = asked
    if (event != "answered") != request.is_open:
        return
    recipient = Recipient(person.id, person.name, person.email, person.language)
    french = person.language == "fr"
    facts: dict[str, Any] = {
        "name": person.name,
        "request": request,
        "reminder": event == "reminded",
        "who": _name_for(person, request.decided_by_id if event == "answered" else request.asked_by_id),
        "seats": [
            (seats.seats, types.get(seats.type_code, (seats.type_code,) * 2)[0 if french else 1], seats.site_name)
            for seats in request.seats
        ],
        "url": settings.PORTAL_ADDRESS + reverse("request", args=[customer_id, request_id]),
    }
    send_message(recipient, f"requests/email/{'answered' if event == 'answered' else 'asked'}", facts)


def _name_for(reader: Administrator, doer_id: UUID | None) -> str:
    """What the reader may call the other side; somebody of the system has the product's name."""
    if doer_id is None:
        return "Strapontin"
    actor = Actor(
        kind="administrator",
        id=reader.id,
        name=reader.name,
        roles=frozenset(reader.roles),
        door="job",
        provider=reader.provider,
        partner_id=reader.partner_id,
        customer_id=reader.customer_id,
        language=reader.language,
    )
    with acting(actor):
        return names_of(actor, [doer_id])[doer_id]
