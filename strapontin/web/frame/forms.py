"""Forms of the screens. A form shows a refusal at its field, or on top."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from strapontin.refusals import Refusal


class Form(forms.Form):
    """A form whose labels stand without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


def say_in(form: forms.Form, refusal: Refusal) -> int:
    """Adds the refusal's sentence to the form; answers the status of the page."""
    field = refusal.facts.get("field")
    form.add_error(field if field in form.fields else None, sentence(refusal))
    return refusal.status


def sentence(refusal: Refusal) -> str:
    """The refusal's sentence for a form: the reason of a wrong field, or words that fit a form better."""
    if refusal.code in ("invalid", "refused_by_stack"):
        return str(refusal.facts["explanation"])
    if refusal.code == "changed_meanwhile":
        return _("Somebody else changed this meanwhile. Nothing was saved: load the page again to see it.")
    if refusal.code == "already_exists":
        return _("This name is taken.")
    return refusal.sentence
