"""Who changed what while a reader looked at the figures of a customer, in sentences (DESIGN, "changed meanwhile")."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from strapontin.access.grants import AllocationManager
from strapontin.allocations.queries import LedgerRow, ledger
from strapontin.doors.visit import Visit
from strapontin.refusals import Refusal
from strapontin.web import format as fmt
from strapontin.web.frame import labels
from strapontin.web.frame.labels import Types
from strapontin.web.frame.shapes import Note

TOLD = 3
_READ = 50


def refused_confirmation(refusal: Refusal, grant: AllocationManager, seen: str, types: Types, visit: Visit) -> Note:
    """The note on top after a confirmation was refused; if figures changed meanwhile, with who changed them."""
    if refusal.code != "preview_outdated":
        return Note("stop", refusal.sentence, focus=True)
    body = f"{changes_since(grant, seen, types, visit)} {_('These are the new figures.')}".strip()
    return Note("warn", refusal.sentence, body, focus=True)


def changes_since(grant: AllocationManager, seen: str, types: Types, visit: Visit) -> str:
    """What the ledger has since the page was made, with who wrote it; empty if nothing.

    ``seen`` is the id that the page was given, as its form sent it back. Who stands above the reader is not named.
    """
    try:
        since = UUID(seen)
    except ValueError:
        return ""
    rows = ledger(grant, since=since, limit=_READ)
    return " ".join(_sentence(row, types, visit) for row in _told(rows))


def _told(rows: Iterable[LedgerRow]) -> list[LedgerRow]:
    """The latest row of each site and type, at most a few."""
    latest: dict[tuple[UUID, str], LedgerRow] = {}
    for row in rows:
        latest.setdefault((row.site_id, row.type_code), row)
    return list(latest.values())[:TOLD]


def _sentence(row: LedgerRow, types: Types, visit: Visit) -> str:
    language = get_language() or "en"
    zone = timezone.get_current_timezone()
    facts = {
        "who": labels.who(row.actor_name, row.actor_kind),
        "when": fmt.moment_seen_from(row.recorded_at, now=visit.at, zone=zone, language=language),
        "type": types[row.type_code].name,
        "site": row.site_name,
        "before": fmt.integer(row.quantity_after - row.delta, language=language),
        "after": fmt.integer(row.quantity_after, language=language),
        "on": fmt.day(row.effective_on, language=language),
    }
    if row.effective_on > visit.today:
        return _("%(who)s, %(when)s: %(type)s in %(site)s from %(before)s to %(after)s on %(on)s.") % facts
    return _("%(who)s, %(when)s: %(type)s in %(site)s from %(before)s to %(after)s.") % facts
