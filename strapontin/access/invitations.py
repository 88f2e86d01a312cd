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
    """Writes to an administrator in their language; raises ``OSError`` if mail does not get through.

    The message has the link. If the address signs in elsewhere already, the message says that it needs another address:
    only the person learns it, not whoever sent the invitation.
    """
    person = Administrator.objects.select_related("account").get(id=administrator_id)
    if not person.is_active:
        return
    facts = {"name": person.name, "address": settings.PORTAL_ADDRESS}
    message = "address_in_use"
    if person.account is not None:
        message, facts["url"] = "invitation", invitation_url(person.account)
    with override(person.language):
        subject = render_to_string("account/email/invitation_subject.txt", facts)
        body = render_to_string(f"account/email/{message}_message.txt", facts)
    send_mail(subject.strip(), body, None, [person.email])
