"""The country, region and VAT number of the provider or of a partner. They decide taxes: each must fit the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from strapontin.kit.places import region_code
from strapontin.kit.vat_numbers import vat_number_form
from strapontin.refusals import invalid


def identity_checked(changes: Mapping[str, Any], before: object = None) -> Mapping[str, Any]:
    """``changes`` with the region as a code and the VAT number in one form.

    What does not change is not checked: it may be older than these rules. Raises ``invalid`` for a province that Canada
    does not have, and for a number that is not one of the country.
    """

    def present(field: str) -> str:
        return str(changes[field] if field in changes else getattr(before, field, ""))

    changed = {field for field, value in changes.items() if getattr(before, field, None) != value}
    country, checked = present("country"), dict(changes)
    if changed & {"country", "region"}:
        region = region_code(country, present("region"))
        if region is None:
            raise invalid(_("A province of Canada is a code of ISO 3166-2, such as QC."), field="region")
        if region != present("region"):
            checked["region"] = region
    if changed & {"country", "vat_number"}:
        number = vat_number_form(country, present("vat_number"))
        if number is None:
            raise invalid(_("This is not a VAT number of the country."), field="vat_number")
        if number != present("vat_number"):
            checked["vat_number"] = number
    return checked
