"""What the demo promises, read back from the database: figures that agree, and stories that are there to be met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.demo.cast import CUSTOMERS, MEYLAN, PARTNERS, STACKS
from strapontin.demo.days import Days
from strapontin.kit.database import exists, value_of, values_of
from strapontin.organisation.settings import Settings, load

# Each names something that must not be found.
_DISAGREEMENTS = {
    "a balance that is not the sum of its ledger and its seat events": """
        SELECT b.customer_id, b.site_id, b.type_code FROM balance b
         WHERE b.next_cycle <> (SELECT coalesce(sum(e.delta), 0) FROM ledger_entry e
                   WHERE (e.customer_id, e.site_id, e.type_code) = (b.customer_id, b.site_id, b.type_code))
            OR b.allocated <> (SELECT coalesce(sum(e.delta), 0) FROM ledger_entry e
                   WHERE (e.customer_id, e.site_id, e.type_code) = (b.customer_id, b.site_id, b.type_code)
                     AND e.effective_on <= %(today)s)
            OR b.used <> (SELECT coalesce(sum(e.delta), 0) FROM seat_event e
                   WHERE (e.customer_id, e.site_id, e.type_code) = (b.customer_id, b.site_id, b.type_code))""",
    "a customer's total that is not the sum of its sites": """
        SELECT t.customer_id, t.type_code FROM customer_total t
          LEFT JOIN balance b ON (b.customer_id, b.type_code) = (t.customer_id, t.type_code)
         GROUP BY t.customer_id, t.type_code, t.allocated, t.next_cycle, t.used, t.remaining, t.over,
                  t.full_sites
        HAVING (t.allocated, t.next_cycle, t.used, t.remaining, t.over, t.full_sites)
            <> (coalesce(sum(b.allocated), 0), coalesce(sum(b.next_cycle), 0), coalesce(sum(b.used), 0),
                coalesce(sum(greatest(least(b.allocated, b.next_cycle) - b.used, 0)), 0),
                coalesce(sum(greatest(b.used - b.allocated, 0)), 0),
                count(*) FILTER (WHERE b.used BETWEEN 1 AND b.allocated
                                   AND b.used >= least(b.allocated, b.next_cycle)))""",
    "an invoice that is not the sum of its lines": """
        SELECT i.number FROM invoice i LEFT JOIN invoice_line l ON (l.payer_id, l.invoice_id) = (i.payer_id, i.id)
         GROUP BY i.payer_id, i.id, i.number, i.net, i.tax, i.total
        HAVING i.net <> coalesce(sum(l.amount), 0) OR i.total <> i.net + i.tax
            OR i.tax <> (SELECT coalesce(sum(x.amount), 0) FROM invoice_tax x
                          WHERE (x.payer_id, x.invoice_id) = (i.payer_id, i.id))""",
    "a run whose invoices are not the sum of its charges": """
        SELECT r.date FROM billing_run r
         WHERE (SELECT coalesce(sum(c.amount), 0) FROM charge c WHERE c.run_id = r.id)
            <> (SELECT coalesce(sum(i.net), 0) FROM invoice i WHERE i.run_id = r.id)""",
    "a charge on the other basis than its date asks for": """
        SELECT DISTINCT run_date FROM charge
         WHERE basis <> CASE WHEN run_date < %(billed_from)s THEN 'used' ELSE 'allocated' END""",
    "a gap in the numbers of the invoices": """
        SELECT extract(year FROM issued_on) FROM invoice GROUP BY 1
        HAVING count(*) <> max(split_part(number, '-', 2)::int) OR count(*) <> count(DISTINCT number)""",
    "a customer that could not be invoiced": "SELECT customer_id FROM parked_customer",
    "a call to a stack that waits": "SELECT id FROM stack_call",
}
# Each names something that a visitor shall find.
_STORIES = {
    "an invoice on used seats": "SELECT 1 FROM charge WHERE basis = 'used'",
    "an invoice on allocated seats": "SELECT 1 FROM charge WHERE basis = 'allocated'",
    "a credit on an invoice": "SELECT 1 FROM invoice_line WHERE amount < 0",
    "a raise": "SELECT 1 FROM ledger_entry WHERE kind = 'raise'",
    "seats handed back": "SELECT 1 FROM ledger_entry WHERE kind = 'hand_back'",
    "a move": "SELECT 1 FROM ledger_entry WHERE kind = 'move_in'",
    "a lowering that waits": "SELECT 1 FROM balance WHERE next_cycle < allocated",
    "a lowering that waits for the first of the month": """
        SELECT 1 FROM balance b JOIN customer c ON c.id = b.customer_id
         WHERE b.next_cycle < b.allocated AND c.term_months = 1""",
    "a term that waits": "SELECT 1 FROM customer WHERE pending_term_months IS NOT NULL",
    "each of the terms": "SELECT 1 FROM customer HAVING count(DISTINCT term_months) = 3",
    "both alignments": "SELECT 1 FROM customer HAVING count(DISTINCT alignment) = 2",
    "a customer not for resale": "SELECT 1 FROM customer WHERE not_for_resale",
    "a site that is full": "SELECT 1 FROM balance WHERE used = allocated AND used = next_cycle AND used > 0",
    "a site above its allocation": "SELECT 1 FROM balance WHERE used > allocated",
    "users who left": "SELECT 1 FROM seat_event WHERE kind = 'vanished'",
    "users entered by hand": "SELECT 1 FROM seat_event WHERE kind = 'claim'",
    "a partner that its parent pays for": """
        SELECT 1 FROM partner p JOIN partner above ON above.id = p.parent_id WHERE NOT p.payer AND above.payer""",
}
_STACK_STORIES = {
    "a stack that does not answer": "SELECT 1 FROM site_tenant WHERE error_code <> '' AND synchronized_at < tried_at",
    "a site whose stack was read": "SELECT 1 FROM site_tenant WHERE error_code = '' AND synchronized_at IS NOT NULL",
    "a user of a type nobody has mapped": "SELECT 1 FROM site_tenant WHERE unmapped <> '[]'",
}


# The first three rows, each as a text.
_SAMPLES = "SELECT wrong::text FROM ({sql}) AS wrong LIMIT 3"


def faults(*, at: datetime) -> list[str]:
    """What the database does not keep of the demo's promises, in English; ``at`` is now (aware)."""
    with acting(system("cli"), "billing"):
        settings = load()
        facts = {"today": settings.day(at), "billed_from": settings.allocation_billing_from}
        broken = [*_wrong_dates(settings, Days(at)), *_wrong_sizes()]
        for name, sql in _DISAGREEMENTS.items():
            if samples := values_of(str, _SAMPLES.format(sql=sql), facts):
                broken.append(f"there is {name}: {'; '.join(samples)}")
        broken += [f"missing: {name}" for name, sql in _STORIES.items() if not exists(sql)]
    with acting(system("job"), "worker"):
        broken += [f"missing: {name}" for name, sql in _STACK_STORIES.items() if not exists(sql)]
        silent = set(values_of(str, "SELECT DISTINCT stack_name FROM site_tenant WHERE error_code <> ''"))
        if silent != {MEYLAN}:
            broken.append(f"the silent stacks are {sorted(silent)}, not {MEYLAN}")
        if (number := _count("stack")) != len(STACKS):
            broken.append(f"there are {number} stacks")
    return broken


def _wrong_dates(settings: Settings, days: Days) -> Iterator[str]:
    first, last = _edges()
    if (
        first is None
        or last is None
        or not first < settings.seats_enforced_from < settings.allocation_billing_from <= last
    ):
        yield f"the dates of the change lie outside the invoices from {first} to {last}"
    if last != days.today.replace(day=1):
        yield f"the last invoice is of {last}"


def _edges() -> tuple[date | None, date | None]:
    return value_of(date, "SELECT min(date) FROM invoice"), value_of(date, "SELECT max(date) FROM invoice")


def _wrong_sizes() -> Iterator[str]:
    for what, number, low, high in (
        ("partners", _count("partner"), len(PARTNERS), len(PARTNERS)),
        ("customers", _count("customer"), len(CUSTOMERS), len(CUSTOMERS)),
        ("sites", _count("site"), 85, 95),
        ("users", value_of(int, "SELECT coalesce(sum(used), 0) FROM balance") or 0, 1150, 1300),
        ("billing runs", _count("billing_run"), 14, 14),
        ("invoices", _count("invoice"), 28, 28),
    ):
        if not low <= number <= high:
            yield f"there are {number} {what}, not {low} to {high}"


def _count(table: str) -> int:
    return value_of(int, f"SELECT count(*) FROM {table}") or 0  # noqa: S608  our own names
