"""Saying a refusal in the form that brought it: at its field, or on top."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from strapontin.refusals import Refusal


def say_in(form: forms.Form, refusal: Refusal) -> int:
    """Adds what the refusal says to the form; answers the status of the page."""
    field = refusal.facts.get("field")
    form.add_error(field if field in form.fields else None, sentence(refusal))
    return refusal.status


def sentence(refusal: Refusal) -> str:
    """The refusal in words for whoever typed: the codes that the API explains by a field say it here by themselves."""
    if refusal.code == "invalid":
        return _("This cannot be accepted. Check what you typed.")
    if refusal.code == "changed_meanwhile":
        return _("Somebody else changed this meanwhile. Nothing was saved: load the page again to see it.")
    if refusal.code == "already_exists":
        return _("This name is taken.")
    return refusal.sentence
