"""Messages by e-mail to administrators, in their own language. The worker sends them: a mail server may be slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import override

from strapontin.access.actors import Actor
from strapontin.access.logins import has_come
from strapontin.kit.database import row_of

_HOLDER = """
SELECT id, account_id, name, email, language, provider, partner_id, customer_id, roles FROM administrator
 WHERE id = %s AND is_active AND account_id IS NOT NULL AND %s = ANY (roles)
"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An administrator who gets a message. ``language`` is "fr" or "en"."""

    id: UUID
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class _Holder:
    id: UUID
    account_id: UUID
    name: str
    email: str
    language: str
    provider: bool
    partner_id: UUID | None
    customer_id: UUID | None
    roles: list[str]


def holder_of_role(administrator_id: UUID, role: str) -> tuple[Actor, Recipient] | None:
    """An administrator as the actor whose scope bounds what may be told, and as the one who gets the message.

    ``None`` for somebody who no longer holds the role, is suspended or removed, or has never come in: their address
    may be a mistake.
    """
    person = row_of(_Holder, _HOLDER, [administrator_id, role])
    if person is None or not has_come(person.account_id):
        return None
    actor = Actor(
        kind="administrator",
        id=person.id,
        name=person.name,
        roles=frozenset(person.roles),
        door="job",
        provider=person.provider,
        partner_id=person.partner_id,
        customer_id=person.customer_id,
        language=person.language,
    )
    return actor, Recipient(person.id, person.name, person.email, person.language)


def send_message(recipient: Recipient, message: str, facts: Mapping[str, Any], *, subject: str = "") -> None:
    """Sends the message of the templates ``<message>_message.txt`` and ``<message>_subject.txt``.

    ``subject`` names other templates for the subject. Raises ``OSError`` if mail does not get through.
    """
    with override(recipient.language):
        title = render_to_string(f"{subject or message}_subject.txt", dict(facts))
        body = render_to_string(f"{message}_message.txt", dict(facts))
    send_mail(title.strip(), body, None, [recipient.email])
