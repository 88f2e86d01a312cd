"""Customers and sites: names, ids, terms (SPEC 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from strapontin.organisation.models import ADDRESS_LENGTH, CLIENT_ID_LENGTH, NAME_LENGTH, PURCHASE_ORDER_LENGTH
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
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewCustomerForm(CustomerForm):
    """A customer to be created under a partner."""

    partner = forms.ChoiceField(label=_("Partner"))
    term_months = forms.ChoiceField(label=_("Term"), choices=TERMS)
    field_order = ("partner", "name", "client_id", "purchase_order", "term_months")

    def __init__(self, *args: Any, partners: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        self.fields["partner"].choices = [(str(key), name) for key, name in partners]  # type: ignore[attr-defined]
        if len(partners) == 1:
            self.fields["partner"].initial = str(partners[0][0])


class SiteForm(Form):
    """A site's name and address."""

    name = Line(label=_("Name"), max_length=NAME_LENGTH)
    address = Lines(
        label=_("Address"), max_length=ADDRESS_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
