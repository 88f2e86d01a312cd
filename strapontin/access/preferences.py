"""What administrators choose for themselves, without any role."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import Actor
from strapontin.kit.database import exists, run, value_of
from strapontin.refusals import invalid


def wants_letter(actor: Actor) -> bool:
    """Whether the actor gets the daily letter, if there is one."""
    return exists("SELECT 1 FROM administrator WHERE id = %s AND daily_letter", [actor.id])


def choose_letter(actor: Actor, *, wanted: bool) -> None:
    """Switches one's daily letter on or off."""
    if actor.kind == "administrator":
        run("UPDATE administrator SET daily_letter = %s WHERE id = %s", [wanted, actor.id])


def choose_language(actor: Actor, *, language: str) -> None:
    """Sets the language of one's screens and e-mails; ``invalid`` if it is neither French nor English."""
    if language not in dict(settings.LANGUAGES):
        raise invalid(_("The languages are French and English."), field="language")
    if actor.kind == "administrator":
        run("UPDATE administrator SET language = %s WHERE id = %s", [language, actor.id])


def shows_email(actor: Actor) -> bool:
    """Whether one's e-mail address is shown to those who need help."""
    return value_of(bool, "SELECT shows_email FROM administrator WHERE id = %s", [actor.id]) is True


def show_email(actor: Actor, *, shown: bool) -> None:
    """Shows one's e-mail address to those who need one's help, or hides it."""
    if actor.kind == "administrator":
        run("UPDATE administrator SET shows_email = %s WHERE id = %s", [shown, actor.id])
