"""What the provider types (SPEC 7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from strapontin.web.frame.forms import Day, Form


class RunForm(Form):
    """The date of a billing run."""

    date = Day(label=_("Billing date"))
