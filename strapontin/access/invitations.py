"""Inviting administrators: a link with which they choose a password (SPEC 3, Sign-in)."""

from __future__ import annotations

from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from strapontin.access.models import Account, Administrator


def invitation_url(account: Account) -> str:
    """The link, valid once and for three days."""
    key = {"uidb36": user_pk_to_url_str(account), "key": default_token_generator.make_token(account)}
    return settings.PORTAL_ADDRESS + reverse("account_reset_password_from_key", kwargs=key)


def send_invitation(*, administrator_id: UUID) -> None:
    """Sends the link to an administrator in their language; raises ``OSError`` if mail does not get through."""
    person = Administrator.objects.select_related("account").get(id=administrator_id)
    facts = {"name": person.name, "url": invitation_url(person.account), "address": settings.PORTAL_ADDRESS}
    with override(person.language):
        subject = render_to_string("account/email/invitation_subject.txt", facts)
        message = render_to_string("account/email/invitation_message.txt", facts)
    send_mail(subject.strip(), message, None, [person.account.email])
