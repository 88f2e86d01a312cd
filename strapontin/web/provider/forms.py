"""What the provider types (SPEC 7)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from strapontin.web.frame.forms import Form


class RunForm(Form):
    """The date of a billing run."""

    date = forms.DateField(label=_("Billing date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
