"""The issuer's French numbers: in one form, and right by their check digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum.fr import siren, siret

from strapontin.organisation.settings import Settings
from strapontin.refusals import invalid


def numbers_checked(changes: Mapping[str, Any], before: Settings) -> Mapping[str, Any]:
    """``changes`` with SIREN and SIRET in digits alone; empty is taken as none.

    Raises ``invalid`` for a number with another length or check digit (INSEE: Luhn), and for a SIRET of another company
    than the SIREN's: its first nine digits are the SIREN.
    """
    checked = dict(changes)
    for field, number, sentence in (
        ("siren", siren, _("A SIREN has nine digits, the last one a check digit.")),
        ("siret", siret, _("A SIRET has fourteen digits, the last one a check digit.")),
    ):
        if checked.get(field):
            checked[field] = number.compact(checked[field])
            if not number.is_valid(checked[field]):
                raise invalid(sentence, field=field)
    company, establishment = checked.get("siren", before.siren), checked.get("siret", before.siret)
    if company and establishment and not establishment.startswith(company):
        raise invalid(_("A SIRET begins with the SIREN."), field="siret")
    return checked
