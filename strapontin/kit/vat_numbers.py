"""VAT numbers, by the form that each country gives them (python-stdnum knows the forms).

A number opens the reverse charge (Directive 2006/112/EC, art. 196 and 214): a word that only begins like one must not
pass. Only VIES knows whether a number is in use; it is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import stdnum.ch.uid
import stdnum.ch.vat
import stdnum.gb.vat
import stdnum.no.mva
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

# XI, Northern Ireland, gives numbers as members do, but is in the Union for goods alone (Withdrawal Agreement,
# Protocol on Ireland/Northern Ireland, art. 8).
EUROPEAN_UNION: Final = frozenset(code.upper() for code in vat.MEMBER_STATES - {"xi"})
# Countries and territories whose businesses have the number of another country: France's overseas and Monaco, Åland,
# the Isle of Man.
_NUMBERED_BY: Final = {
    **dict.fromkeys(("GF", "GP", "MC", "MF", "MQ", "RE", "YT"), "FR"),
    "AX": "FI",
    "IM": "GB",
}
# The letters before a number, if they are not the country's code.
_PREFIXES: Final = {"GR": ("EL",), "GB": ("GB", "XI"), "CH": ("CHE",)}
_ANY: Final = re.compile(r"[A-Z0-9 ./\-]{2,24}")


def _swiss(number: str) -> str:
    return stdnum.ch.vat.validate(number) if len(stdnum.ch.uid.compact(number)) > 12 else stdnum.ch.uid.validate(number)


def _british(number: str) -> str:
    return number[:2] + stdnum.gb.vat.validate(number[2:])


def _norwegian(number: str) -> str:
    return "NO" + stdnum.no.mva.validate(number)


_FORMS: Final[dict[str, Callable[[str], str]]] = {
    **dict.fromkeys(EUROPEAN_UNION, vat.validate),
    "CH": _swiss,
    "GB": _british,
    "NO": _norwegian,
}


def vat_number_form(country: str, number: str) -> str | None:
    """A VAT number without spaces and points, if it is one that ``country`` gives; else ``None``.

    ``country`` is ISO 3166-1; empty: the letters before the number tell it. Countries outside of the Union whose form
    is not known here take up to 24 letters, digits, points, hyphens and strokes. No number at all is fine.
    """
    number = number.upper().strip()
    if not number:
        return ""
    giver = _NUMBERED_BY.get(country, country) or _giver(number)
    form = _FORMS.get(giver)
    if form is None:
        return number if _ANY.fullmatch(number) else None
    if not number.startswith(_PREFIXES.get(giver, (giver,))):
        return None
    try:
        return form(number)
    except (ValidationError, ValueError):
        return None


def _giver(number: str) -> str:
    for country in _FORMS:
        if number.startswith(_PREFIXES.get(country, (country,))):
            return country
    return ""
