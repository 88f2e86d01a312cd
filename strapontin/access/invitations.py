"""Messages with a link to choose a password (SPEC 3, Sign-in). The worker sends them: a mail server may be slow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import override

from strapontin.access.links import password_link
from strapontin.access.models import Administrator


def send_invitation(*, administrator_id: UUID) -> None:
    """Sends an administrator the link to choose a first password.

    Raises ``OSError`` if mail does not get through.
    """
    person = Administrator.objects.select_related("account").get(id=administrator_id)
    _send(person, "invitation", {"name": person.name, "address": settings.PORTAL_ADDRESS})


def send_reset_link(*, email: str) -> None:
    """Sends the link to choose another password to whoever signs in with ``email``; nothing if nobody does.

    Raises ``OSError`` if mail does not get through.
    """
    people = Administrator.objects.select_related("account")
    person = people.filter(account__email=email.lower(), account__is_active=True).first()
    if person is not None:
        _send(person, "reset", {})


def _send(person: Administrator, message: str, facts: dict[str, Any]) -> None:
    facts = facts | {"url": password_link(person.account)}
    with override(person.language):
        subject = render_to_string(f"account/email/{message}_subject.txt", facts)
        body = render_to_string(f"account/email/{message}_message.txt", facts)
    send_mail(subject.strip(), body, None, [person.account.email])
