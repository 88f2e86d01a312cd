"""Messages by e-mail to administrators, in their own language. The worker sends them: a mail server may be slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import override


@dataclass(frozen=True, slots=True)
class Recipient:
    """An administrator who gets a message. ``language`` is "fr" or "en"."""

    id: UUID
    name: str
    email: str
    language: str


def send_message(recipient: Recipient, message: str, facts: Mapping[str, Any], *, subject: str = "") -> None:
    """Sends the message of the templates ``<message>_message.txt`` and ``<message>_subject.txt``.

    ``subject`` names other templates for the subject. Raises ``OSError`` if mail does not get through.
    """
    with override(recipient.language):
        title = render_to_string(f"{subject or message}_subject.txt", dict(facts))
        body = render_to_string(f"{message}_message.txt", dict(facts))
    send_mail(title.strip(), body, None, [recipient.email])
