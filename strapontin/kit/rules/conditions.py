"""SQL conditions about the scope of the transaction: the settings ``app.*``, which hold for that transaction.

They name settings and columns, never a table. A condition that reads a table stands in the migration of the app that
uses it.
"""

from __future__ import annotations


def _id(setting: str) -> str:
    """The uuid in a setting; NULL, which equals nothing, if it is not set."""
    return f"nullif(current_setting('app.{setting}', true), '')::uuid"


CUSTOMER = _id("customer")
"""The customer for which a grant was given."""
PARTNER = _id("partner")
"""The partner to which the actor belongs."""
NEAREST = _id("nearest")
"""The partner right above the actor's scope."""
ACTOR = _id("actor")
PROVIDER = "current_setting('app.scope', true) = 'provider'"
"""Whether the actor is the provider's."""

OF_CUSTOMER = f"customer_id = {CUSTOMER}"
"""Rows of one customer: plain equality, so that every index on ``customer_id`` serves."""
IN_LIST = f"partner_path @> CASE WHEN {PROVIDER} THEN '{{}}'::uuid[] ELSE ARRAY[{PARTNER}] END"
"""Rows of customers below the actor's partner; all rows for the provider.

One comparison serves both, so that an index can answer it: every path contains the provider's empty list.
"""
