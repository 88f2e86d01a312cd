"""Customers and sites: names, ids, terms (SPEC 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from strapontin.allocations.limits import MOST_SEATS
from strapontin.organisation.models import (
    ADDRESS_LENGTH,
    CLIENT_ID_LENGTH,
    NAME_LENGTH,
    PURCHASE_ORDER_LENGTH,
    WARN_DAYS_MOST,
    WARN_FREE_SEATS_MOST,
)
from strapontin.web.frame.forms import Form, Line, Lines

TERMS = (("1", _("1 month")), ("12", _("12 months")), ("36", _("36 months")))


class CustomerForm(Form):
    """A customer's names; ``version`` tells whether somebody else changed it meanwhile."""

    name = Line(label=_("Name"), max_length=NAME_LENGTH)
    client_id = Line(
        label=_("Client id"), max_length=CLIENT_ID_LENGTH, required=False, help_text=_("Its id in your other system.")
    )
    purchase_order = Line(
        label=_("Purchase order"),
        max_length=PURCHASE_ORDER_LENGTH,
        required=False,
        help_text=_("Repeated on the invoice."),
    )
    warn_free_seats = forms.IntegerField(
        label=_("Free seats on a site, at most"),
        min_value=1,
        max_value=WARN_FREE_SEATS_MOST,
        required=False,
        help_text=_("Of one type. Empty: no warning by this."),
    )
    warn_days = forms.IntegerField(
        label=_("Days until the site is full, at most"),
        min_value=1,
        max_value=WARN_DAYS_MOST,
        required=False,
        help_text=_("At the pace of the last 30 days. Empty: no warning by this."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewCustomerForm(CustomerForm):
    """A customer to be created under a partner."""

    partner = forms.ChoiceField(label=_("Partner"))
    term_months = forms.ChoiceField(label=_("Term"), choices=TERMS)
    field_order = ("partner", "name", "client_id", "purchase_order", "term_months")

    def __init__(self, *args: Any, partners: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("warn_free_seats", "warn_days", "version"):
            del self.fields[name]
        self.fields["partner"].choices = [(str(key), name) for key, name in partners]  # type: ignore[attr-defined]
        if len(partners) == 1:
            self.fields["partner"].initial = str(partners[0][0])


class LimitsForm(Form):
    """What the customer's own administrators may change; ``with_amount`` for those who see amounts."""

    may_raise = forms.BooleanField(
        label=_("They may add seats"),
        required=False,
        help_text=_("Otherwise they ask for them, and you or a colleague answers."),
    )
    seats_per_month = forms.IntegerField(
        label=_("Seats a month"), required=False, min_value=0, max_value=MOST_SEATS, help_text=_("Empty: any number.")
    )
    amount_per_month = forms.DecimalField(
        label=_("Amount a month, excl. VAT"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("What the seats added in the month cost until the end of the period. Empty: without limit."),
    )
    may_lower = forms.BooleanField(
        label=_("They may lower seats"),
        required=False,
        help_text=_("What they have just added can be handed back all the same."),
    )

    def __init__(self, *args: Any, with_amount: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_amount:
            del self.fields["amount_per_month"]


class SiteForm(Form):
    """A site's name and address."""

    name = Line(label=_("Name"), max_length=NAME_LENGTH)
    address = Lines(
        label=_("Address"), max_length=ADDRESS_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
