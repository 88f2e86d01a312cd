"""What can be wrong with a row of a file: a stable code, and a sentence in the reader's language.

A check runs in a job, for nobody in particular. So a problem is kept as its code and facts; whoever reads it gets the
sentence in his own language.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from strapontin.allocations.limits import above_limit
from strapontin.refusals import REFUSALS, Refusal

# code -> sentence, formatted with the problem's facts.
SENTENCES: dict[str, Any] = {
    "column_missing": _("No column has this: {field_name}."),
    "column_twice": _("Two columns are for this: {field_name}."),
    "required": _("This cannot be empty."),
    "unknown_site": _("There is no site “{text}”."),
    "unknown_type": _("There is no subscription type “{text}”."),
    "unknown_tenant": _("This tenant is none of the site."),
    "tenant_required": _("This site has several stack tenants: name the one to create the user in."),
    "email_required": _("A user of a site with a telephone server needs an e-mail address."),
    "email_twice": _("Row {other} has the same e-mail address."),
    "email_in_use": _("A user of this customer already has this e-mail address."),
    "yes_or_no": _("Yes or no is expected here."),
    "unknown_customer": _("There is no customer “{text}”, or nobody can tell which of several is meant."),
    "no_quantity": _("A whole number from 0 to 1,000,000 is expected here."),
    "place_twice": _("Row {other} has the same type of the same site."),
    "quantity_changed": _("Allocated by now: {allocated}. The file was made with another quantity."),
}

FIELD_NAMES: dict[str, Any] = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail address"),
    "site": _("Site"),
    "type": _("Subscription type"),
    "extension": _("Extension"),
    "enabled": _("Enabled"),
    "tenant": _("Stack tenant"),
    "customer": _("Customer"),
    "customer_id": _("Customer id"),
    "site_id": _("Site id"),
    "allocated": _("Seats allocated"),
    "quantity": _("Seats wanted"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong. ``row`` is the number of the row, ``None`` for the file as a whole.

    ``column`` is the head of the column as it stands in the file, ``field`` what it is for.
    """

    row: int | None
    column: str
    field: str
    code: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The sentence, in the language that is active now."""
        if self.code == "invalid":
            # The rules of users' data say it themselves. It was kept as the code has it.
            return gettext(str(self.facts["sentence"]))
        if self.code in REFUSALS:
            # What an operation refused: the sentence is its own.
            return kept_refusal(self.code, self.facts).sentence
        names = {"field_name": FIELD_NAMES.get(self.field, self.field)}
        return str(SENTENCES[self.code]).format(**names, **self.facts)


def plain_facts(refusal: Refusal) -> dict[str, object]:
    """What the sentence of a refusal names, so that it can be kept."""
    facts = {name: fact for name, fact in refusal.facts.items() if name != "fresh"}
    return {
        name: fact if fact is None or isinstance(fact, str | int | list) else str(fact) for name, fact in facts.items()
    }


def kept_refusal(code: str, facts: Mapping[str, Any]) -> Refusal:
    """A refusal whose facts were kept by :func:`plain_facts`, in the reader's language, its days in words."""
    if code == "above_limit":
        # The job told it in no reader's language.
        return above_limit(facts["limit"], facts["seats_left"])
    return Refusal(code, **{name: date.fromisoformat(fact) if name == "date" else fact for name, fact in facts.items()})
