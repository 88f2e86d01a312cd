"""Reactivating a customer that had ended: a new cycle from today on, with the seats that were revoked (SPEC 3)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from strapontin.access import grants
from strapontin.access.grants import CustomerFacts, TermEditor
from strapontin.access.scope import as_billing
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.operations import Applied, lock_balances
from strapontin.allocations.plans import write_plan
from strapontin.allocations.rules import Revoked, plan_reopening
from strapontin.cycles.operations import open_first_period
from strapontin.cycles.rules import first_period
from strapontin.journal.operations import record_below
from strapontin.kit.database import rows_of, run
from strapontin.organisation.models import TERMS_MONTHS
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid

# What the last end took. An end is known by its day: nobody ends twice on one.
_REVOKED = """
SELECT id AS entry_id, site_id, type_code, -delta AS seats FROM ledger_entry
 WHERE customer_id = %s AND kind = 'revoke' AND effective_on = %s ORDER BY site_id, type_code
"""
_BEGIN = """
UPDATE customer SET status = 'active', anchor_day = %(anchor_day)s, term_months = %(term_months)s,
       pending_term_months = NULL, period_starts_on = %(starts_on)s, period_ends_on = %(ends_on)s,
       cancel_at_end_of_period = false, archived_at = NULL, version = version + 1
 WHERE id = %(id)s AND status = 'expired'
"""
_TAKE_OUT_OF_ARCHIVE = """
UPDATE site SET archived_at = NULL, version = version + 1
 WHERE customer_id = %s AND id = ANY (%s::uuid[]) AND archived_at IS NOT NULL
"""


def reactivate_customer(
    grant: TermEditor, *, term_months: int | None = None, settings: Settings, at: datetime
) -> Applied:
    """Starts a cycle today by the customer's own alignment, and allocates what its end has revoked.

    ``term_months`` is 1, 12 or 36; ``None``: the term that it had. Takes the customer, and the sites that get seats,
    out of the archive. The seats are of today: they can be handed back as those of a raise (SPEC 4). Raises ``invalid``
    for another term, ``still_active`` for a customer that has not ended.
    """
    if term_months not in (None, *TERMS_MONTHS):
        raise invalid(_("A term is 1, 12 or 36 months."), field="term_months")
    ended = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    if ended.status != "expired":
        raise Refusal("still_active")
    revoked = rows_of(Revoked, _REVOKED, [ended.id, ended.period_ends_on])
    customer = _begin(grant, ended, term_months or ended.term_months, settings=settings, at=at)
    before = lock_balances(customer.id, [(row.site_id, row.type_code) for row in revoked])
    plan = plan_reopening(revoked, before, today=settings.day(at))
    change_id = write_plan(grant.actor, customer, plan, before=before, at=at, reason="")
    run(_TAKE_OUT_OF_ARCHIVE, [customer.id, [str(row.site_id) for row in revoked]])
    record_below(
        grant,
        action="customer.reactivate",
        at=at,
        object_id=customer.id,
        before={"status": "expired", "term_months": ended.term_months},
        after={"status": "active", "term_months": customer.term_months, "starts_on": customer.period_starts_on},
    )
    return Applied(customer, plan, change_id)


def _begin(
    grant: TermEditor, ended: CustomerFacts, term_months: int, *, settings: Settings, at: datetime
) -> CustomerFacts:
    """Opens the first period of the new cycle; answers the customer with it."""
    span, anchor_day = first_period(settings.day(at), term_months=term_months, alignment=ended.alignment)
    facts = {
        "id": ended.id,
        "anchor_day": anchor_day,
        "term_months": term_months,
        "starts_on": span.starts_on,
        "ends_on": span.ends_on,
    }
    with as_billing():
        if not run(_BEGIN, facts):
            raise Refusal("still_active")
    open_first_period(customer_id=ended.id, span=span, at=at)
    return grants.customer(grant.actor, ended.id).customer
