"""Reading the lines and taxes of several invoices at once, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from strapontin.access.grants import InvoiceReader
from strapontin.kit.database import rows

MOST_LINES = 2000

_OF_THESE = """
JOIN unnest(%(payers)s::uuid[], %(invoices)s::uuid[]) AS wanted (payer_id, invoice_id)
  ON wanted.payer_id = x.payer_id AND wanted.invoice_id = x.invoice_id
"""
_LINES = f"""
SELECT x.invoice_id, n, customer_id, customer_name, client_id, purchase_order, kind, type_code, quantity, unit_price,
       months, starts_on, ends_on, days, period_days, amount
FROM invoice_line x {_OF_THESE} ORDER BY n
"""  # noqa: S608  our own text
_TAXES = f"""
SELECT x.invoice_id, category, label, rate_percent, base, amount FROM invoice_tax x {_OF_THESE} ORDER BY position
"""  # noqa: S608  our own text


def first_that_fit(found: Sequence[dict[str, Any]], limit: int) -> int:
    """How many of the invoices ``found`` make a page: at most ``limit``, and not much over 2,000 lines."""
    lines = 0
    for count, invoice in enumerate(found[:limit]):
        lines += invoice["lines_count"]
        if lines > MOST_LINES:
            return max(1, count)
    return limit


def details(
    grant: InvoiceReader, found: Sequence[dict[str, Any]]
) -> dict[UUID, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Lines and taxes of each of the invoices ``found``, by invoice."""
    parameters = {
        "payers": [str(invoice["payer_id"]) for invoice in found],
        "invoices": [str(invoice["id"]) for invoice in found],
    }
    out: dict[UUID, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {invoice["id"]: ([], []) for invoice in found}
    for position, statement in enumerate((_LINES, _TAXES)):
        for part in rows(statement, parameters):
            out[part["invoice_id"]][position].append(part)
    return out
