"""Forms of the screens. A form shows a refusal at its field, or on top."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from strapontin.kit.dates import FIRST_DAY, LAST_DAY
from strapontin.kit.text import email_form, has_controls, is_visible, tidy, tidy_lines
from strapontin.refusals import Refusal


class Form(forms.Form):
    """A form whose labels stand without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class Line(forms.CharField):
    """A text of one line, in its one form (:mod:`strapontin.kit.text`); a required one shows something."""

    def to_python(self, value: Any) -> str:
        """What was typed, tidied. Raises ``ValidationError`` for control characters."""
        text = tidy(super().to_python(value) or "")
        if has_controls(text):
            raise forms.ValidationError(_("Control characters cannot be part of a text."))
        return text if is_visible(text) or not self.required else ""


class Lines(forms.CharField):
    """A text of several lines, in its one form."""

    def to_python(self, value: Any) -> str:
        """What was typed, tidied. Raises ``ValidationError`` for control characters but line ends."""
        text = tidy_lines(super().to_python(value) or "")
        if has_controls(text, lines=True):
            raise forms.ValidationError(_("Control characters cannot be part of a text."))
        return text


class Mail(forms.CharField):
    """An e-mail address, in its one form. Whether it is one is for the form to say, which may know the present one."""

    widget = forms.EmailInput

    def to_python(self, value: Any) -> str:
        """What was typed, in its one form."""
        return email_form(super().to_python(value) or "")


class Day(forms.DateField):
    """A day as browsers send it, within the days that every door takes."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(
            attrs={"type": "date", "min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}, format="%Y-%m-%d"
        )
        super().__init__(**{"widget": widget, "input_formats": ["%Y-%m-%d"], **kwargs})

    def to_python(self, value: Any) -> date | None:
        """The day. Raises ``ValidationError`` for one before 1970 or after 2999."""
        day: date | None = super().to_python(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("A date lies between 1970 and 2999."))
        return day


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
