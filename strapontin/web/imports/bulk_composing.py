"""Composes the page of a change by spreadsheet from what the domain knows of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strapontin.imports.bulk_queries import BulkFacts, BulkOutlook, NamedEffect
from strapontin.web.frame.labels import Types
from strapontin.web.frame.shapes import Note
from strapontin.web.imports.shapes import BulkRow, BulkTypeRow


def effect_rows(customers: Sequence[NamedEffect]) -> list[BulkRow]:
    """What happens to each customer."""
    rows = []
    for named in customers:
        (now, later), effect = named.sums, named.effect
        rows.append(BulkRow(named.name, now, later, effect.priced, effect.difference, effect.currency))
    return rows


def type_rows(outlook: BulkOutlook, labels: Types) -> list[BulkTypeRow]:
    """What happens to each type, in the order of types."""
    sums = {sum_.type: sum_ for sum_ in outlook.types}
    return [BulkTypeRow(labels[code], sums[code].now, sums[code].later) for code in labels.codes if code in sums]


def notes_of(facts: BulkFacts) -> list[Note]:
    """What became of the change, or what stands in the way, in one note."""
    if refused := facts.refused:
        body = refused.sentence
        if refused.code == "preview_outdated" and facts.state == "ready":
            body = _("Somebody changed seats meanwhile. This is what the file does now: check it, then confirm.")
        return [Note("warn" if facts.state == "ready" else "stop", _("Nothing was changed."), body)]
    if facts.state == "done":
        text = ngettext(
            "The seats of %(customers)s customer are changed.",
            "The seats of %(customers)s customers are changed.",
            facts.total,
        )
        return [Note("ok", text % {"customers": facts.total})]
    if facts.error_count:
        text = ngettext(
            "Nothing is changed: %(errors)s error is to be corrected.",
            "Nothing is changed: %(errors)s errors are to be corrected.",
            facts.error_count,
        )
        body = _("All changes are made together, or none. Correct the file and send it again.")
        return [Note("stop", text % {"errors": facts.error_count}, body)]
    if facts.state == "ready" and not facts.total:
        body = _("Every row says what is allocated already. Change the column “Wanted”, and send the file again.")
        return [Note("info", _("The file changes nothing."), body)]
    return []
