"""The daily letter: what an administrator should look at, at most one e-mail a day, none without news (SPEC 4).

A section names the customers of whom it has news. Those who hold the role above them get a letter. What it tells is
read in the scope of its reader: row level security chooses the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings as environment
from django.urls import reverse
from django.utils.translation import ngettext_lazy, override

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.grants import OverviewReader
from strapontin.access.messages import Recipient, holder_of_role, send_message
from strapontin.access.scope import acting
from strapontin.allocations.automatic import AllocatedAutomatically, automatic_allocations_of
from strapontin.catalogue.queries import subscription_types
from strapontin.jobs.steps import finish_step, step_done_for, step_is_due
from strapontin.kit.database import row_of, run
from strapontin.organisation.settings import load
from strapontin.outlook import queries
from strapontin.outlook.queries import Span

logger = logging.getLogger(__name__)

ROLE = "subscriptions"
ROWS = 20
"""How many rows of a section a letter has; the page that it leads to has the others."""
BATCH = 50
MOST_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the letter: ``templates/letters/_<name>.txt`` shows the rows that ``rows`` reads.

    ``concerned`` is SQL that answers the ids of the customers with news, by the parameters of a :class:`Span`; empty
    for news of the reader's own, who is in ``_OWN_NEWS``.
    ``rows`` reads up to so many rows, in the scope of the reader; each has the ``count`` of all. ``headline`` names a
    number of them. ``page`` is the name of the address with all rows.
    """

    name: str
    concerned: str
    rows: Callable[[OverviewReader, Span, int], Sequence[Any]]
    count: Callable[[Any], int]
    headline: Any
    page: str


def _allocated(grant: OverviewReader, span: Span, limit: int) -> Sequence[tuple[AllocatedAutomatically, int]]:
    """What was allocated for the reader without asking on the days of the span before today, and of how many places."""
    settings = load()
    zone = ZoneInfo(settings.time_zone)
    since, until = (datetime.combine(day, time.min, zone) for day in (span.since, span.today))
    allocated = automatic_allocations_of(grant.actor, since=since, until=until, settings=settings)
    return [(place, len(allocated)) for place in allocated[:limit]]


SECTIONS = (
    Section(
        "renewals",
        queries.CONCERNED_BY_RENEWALS,
        lambda grant, span, limit: queries.renewals_told(grant, span=span, limit=limit),
        lambda row: int(row.customers),
        ngettext_lazy("%(count)s renewal", "%(count)s renewals", "count"),
        "renewals",
    ),
    Section(
        "warnings",
        queries.CONCERNED_BY_WARNINGS,
        lambda grant, span, limit: queries.new_warnings(grant, span=span, limit=limit),
        lambda row: int(row.places),
        ngettext_lazy("%(count)s site soon full", "%(count)s sites soon full", "count"),
        "seat_warnings",
    ),
    Section(
        "automatic",
        "",
        _allocated,
        lambda row: int(row[1]),
        ngettext_lazy("%(count)s automatic allocation", "%(count)s automatic allocations", "count"),
        "account",
    ),
)
# Those who are not asked before seats are allocated. A letter without news is not sent.
_OWN_NEWS = "SELECT holder_id FROM automatic_allocation"

# A letter that was not sent on its day is sent with what is new since then.
_PLAN = """
WITH concerned (id) AS ({concerned})
INSERT INTO letter AS l (administrator_id, day, since)
SELECT a.id, %(today)s, %(since)s FROM administrator a
 WHERE a.is_active AND a.daily_letter AND a.account_id IS NOT NULL AND %(role)s = ANY (a.roles)
   AND (a.provider
        OR a.id IN ({own_news})
        OR a.customer_id IN (SELECT id FROM concerned)
        OR a.partner_id IN (SELECT unnest(c.partner_path) FROM customer c WHERE c.id IN (SELECT id FROM concerned)))
   AND (EXISTS (SELECT 1 FROM concerned) OR a.id IN ({own_news}))
ON CONFLICT (administrator_id) DO UPDATE
   SET day = EXCLUDED.day, done_at = NULL,
       since = CASE WHEN l.done_at IS NULL THEN least(l.since, EXCLUDED.since) ELSE EXCLUDED.since END
 WHERE l.day <> EXCLUDED.day
"""
# Two workers never take the same one. A worker that is killed gives it back.
_TAKE = """
SELECT administrator_id, day, since FROM letter WHERE done_at IS NULL AND administrator_id > %s
 ORDER BY administrator_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_DONE = "UPDATE letter SET done_at = %s WHERE administrator_id = %s AND done_at IS NULL"


@dataclass(frozen=True, slots=True)
class _Letter:
    administrator_id: UUID
    day: date
    since: date


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its rows, as the template shows it. ``more`` rows stand on the page ``url``."""

    name: str
    rows: Sequence[Any]
    count: int
    url: str

    @property
    def more(self) -> int:
        """How many rows the letter leaves out."""
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as its templates show it; ``types`` are names by code, ``address`` begins every link."""

    name: str
    today: date
    headline: str
    parts: Sequence[Part]
    types: Mapping[str, str]
    address: str
    account_url: str


def plan_letters(*, today: date) -> int:
    """Writes down, once a day, who gets a letter of ``today``; answers how many.

    What is new since the last time is told: so a day is made up for on which the worker was down. Nobody gets one
    before what is ahead of ``today`` was looked for.
    """
    with acting(system("job"), "worker"):
        if step_is_due("outlook", today):
            return 0
        before = step_done_for("letters")
        since = before if before and before < today else today - timedelta(days=1)
        if not finish_step("letters", today):
            return 0
        concerned = " UNION ".join(f"({section.concerned})" for section in SECTIONS if section.concerned)
        return run(_PLAN.format(concerned=concerned, own_news=_OWN_NEWS), {**Span(since, today).params, "role": ROLE})


def send_letters(*, at: datetime, batch: int = BATCH) -> bool:
    """Sends the letters that were planned, ``batch`` at most; answers whether there are more.

    A letter is sent and noted in one transaction. If the worker is killed before the mail server has taken it, it is
    sent again; the same if it is killed in the moment between the two. A letter whose address the mail server
    refuses is given up. Others wait for the next time, and after three of them so do all.
    """
    last, failures = UUID(int=0), 0
    for _ in range(batch):
        with acting(system("job"), "worker"):
            letter = row_of(_Letter, _TAKE, [last])
            if letter is None:
                return False
            last = letter.administrator_id
            try:
                _send(letter)
            except OSError as error:
                # Only its name: the text of a refusal quotes the address.
                logger.warning("the letter of %s was not sent: %s", last, type(error).__name__)
                if not _is_final(error):
                    failures += 1
                    if failures == MOST_FAILURES:
                        return False
                    continue
            run(_DONE, [at, last])
    return True


def _is_final(error: OSError) -> bool:
    return isinstance(error, SMTPRecipientsRefused) and all(code >= 500 for code, _ in error.recipients.values())


def _send(letter: _Letter) -> None:
    """Sends a letter if its reader still holds the role and there is something to tell. Raises ``OSError``."""
    person = holder_of_role(letter.administrator_id, ROLE)
    if person is None:
        return
    actor, recipient = person
    written = compose(actor, recipient, Span(letter.since, letter.day))
    if written.parts:
        send_message(recipient, "letters/daily", {"letter": written})


def compose(actor: Actor, recipient: Recipient, span: Span) -> Written:
    """Writes what is new in the span; ``parts`` is empty if there is nothing to tell."""
    parts, headlines = [], []
    with acting(actor), override(recipient.language):
        grant = grants.overview_reader(actor)
        for section in SECTIONS:
            rows = section.rows(grant, span, ROWS)
            if rows:
                count = section.count(rows[0])
                parts.append(Part(section.name, rows, count, environment.PORTAL_ADDRESS + reverse(section.page)))
                headlines.append(str(section.headline % {"count": count}))
        french = recipient.language == "fr"
        names = {type_.code: type_.name_fr if french else type_.name_en for type_ in subscription_types()}
    return Written(
        name=recipient.name,
        today=span.today,
        headline=", ".join(headlines),
        parts=parts,
        types=names,
        address=environment.PORTAL_ADDRESS,
        account_url=environment.PORTAL_ADDRESS + reverse("account"),
    )
