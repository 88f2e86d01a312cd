"""Messages with a link to choose a password (SPEC 3, Sign-in). The worker sends them: a mail server may be slow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings

from strapontin.access.links import password_link
from strapontin.access.messages import Recipient, send_message
from strapontin.access.models import Administrator


def send_invitation(*, administrator_id: UUID) -> None:
    """Writes to an administrator in their language; raises ``OSError`` if mail does not get through.

    The message has the link. If the address signs in elsewhere already, the message says that it needs another address:
    only the person learns it, not whoever sent the invitation.
    """
    person = Administrator.objects.select_related("account").get(id=administrator_id)
    if not person.is_active:
        return
    facts = {"name": person.name, "address": settings.PORTAL_ADDRESS}
    if person.account is None:
        _send(person, "address_in_use", facts, subject="invitation")
    else:
        _send(person, "invitation", facts | {"url": password_link(person.account)})


def send_reset_link(*, email: str) -> None:
    """Sends the link to choose another password to whoever signs in with ``email``; nothing if nobody does.

    Raises ``OSError`` if mail does not get through.
    """
    people = Administrator.objects.select_related("account")
    person = people.filter(account__email=email.lower(), account__is_active=True).first()
    if person is not None and person.account is not None:
        _send(person, "reset", {"url": password_link(person.account)})


def _send(person: Administrator, message: str, facts: dict[str, Any], *, subject: str = "") -> None:
    recipient = Recipient(person.id, person.name, person.email, person.language)
    send_message(recipient, f"account/email/{message}", facts, subject=f"account/email/{subject or message}")
