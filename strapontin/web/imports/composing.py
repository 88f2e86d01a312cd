"""Composes the page of an import from what the domain knows of it."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strapontin.access.grants import UserManager
from strapontin.imports.columns import FIELDS
from strapontin.imports.outlook import Outlook, look_ahead
from strapontin.imports.problems import FIELD_NAMES
from strapontin.imports.queries import ImportFacts
from strapontin.web.figures import effects
from strapontin.web.frame.helpers import helpers_of
from strapontin.web.frame.labels import Types
from strapontin.web.frame.offers import ask_for
from strapontin.web.frame.shapes import Note, Option
from strapontin.web.frame.visit import PageRequest
from strapontin.web.imports.shapes import ColumnRow, Confirmation, PlaceRow

Sites = dict[UUID, str]


def outlook_of(request: PageRequest, grant: UserManager, facts: ImportFacts) -> Outlook | None:
    """What the import would do, if it waits to be confirmed and nothing is wrong."""
    if facts.state != "ready" or facts.error_count:
        return None
    return look_ahead(grant, facts, settings=request.visit.settings, at=request.visit.at)


def place_rows(facts: ImportFacts, outlook: Outlook | None, sites: Sites, types: Types) -> list[PlaceRow]:
    """The new users by site and type, in the order of sites and types."""
    missing = outlook.missing if outlook else {}
    codes = types.codes
    rows = sorted(facts.users.items(), key=lambda row: (sites.get(row[0][0], ""), codes.index(row[0][1])))
    return [
        PlaceRow(sites.get(site_id, ""), types[code], users, missing.get((site_id, code), 0))
        for (site_id, code), users in rows
    ]


def confirmation(
    request: PageRequest, grant: UserManager, facts: ImportFacts, outlook: Outlook, types: Types, sites: Sites
) -> Confirmation:
    """What can be confirmed, with its effect on the next invoice."""
    effect, customer = outlook.effect, grant.customer
    composed = effects.compose(effect, customer, types) if effect else None
    may_allocate = grant.may_allocate and outlook.refusal is None
    asks = bool(outlook.missing) and not may_allocate
    return Confirmation(
        users=sum(facts.users.values()),
        missing=sum(outlook.missing.values()),
        may_allocate=may_allocate,
        effect=composed,
        unpriced=effect is not None and effects.is_unpriced(effect),
        digest=outlook.digest or "",
        problem=outlook.refusal.sentence if outlook.refusal else "",
        actions=ask_for(customer.id, outlook.missing, sites) if asks else [],
        partner=effects.invoicing_partner(request.actor) if effect and request.actor.customer_id else "",
        helpers=helpers_of(request.actor, customer.id) if asks else [],
    )


def column_rows(facts: ImportFacts) -> list[ColumnRow]:
    """The columns of the file, each with the choices of what it is for."""
    rows = []
    for number, (head, chosen) in enumerate(zip(facts.heads, facts.fields, strict=False), start=1):
        options = [Option("", _("– left out –"), not chosen)]
        options += [Option(field, str(FIELD_NAMES[field]), field == chosen) for field in FIELDS]
        rows.append(ColumnRow(number, head or _("column %(number)s") % {"number": number}, options))
    return rows


def notes_of(facts: ImportFacts) -> list[Note]:
    """What became of the import, or what stands in the way, in one note."""
    if refused := facts.refused:
        return [Note("warn" if facts.state == "ready" else "stop", _("Nothing is imported."), refused.sentence)]
    if facts.state == "done":
        text = ngettext("%(users)s user was imported.", "%(users)s users were imported.", facts.created)
        return [Note("ok", text % {"users": facts.created})]
    if facts.error_count:
        text = ngettext(
            "Nothing is imported: %(errors)s error is to be corrected.",
            "Nothing is imported: %(errors)s errors are to be corrected.",
            facts.error_count,
        )
        body = _("All users are imported together, or none. Correct the file and send it again.")
        return [Note("stop", text % {"errors": facts.error_count}, body)]
    return []
