"""Whose turn it is in a run. A run and its preview find and take payers by these statements, so theirs are the same.

Each function belongs into the transaction that bills; a preview takes it back.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from strapontin.billing.payers import NO_PAYER, CurrentRun
from strapontin.kit.database import exists, run, statement, values_of

_PAYERS = """
SELECT DISTINCT q.payer_id FROM period q
 WHERE q.payer_id IS NOT NULL AND q.starts_on <= %(date)s AND q.billable
   AND NOT EXISTS (SELECT 1 FROM run_payer d WHERE d.run_id = %(run)s AND d.payer_id = q.payer_id)
 ORDER BY q.payer_id
"""
_PARKED_PAYERS = statement(__file__, "parked_payers.sql")
_TAKE_PAYER = statement(__file__, "take_payer.sql")
_TAKE_PARKED = statement(__file__, "take_parked.sql")
_PARK_PAYER = statement(__file__, "park_payer.sql")
_UNPARK_WITHOUT_PAYER = "DELETE FROM parked_customer WHERE run_id = %(run)s AND payer_id = %(nobody)s"
_PARK_WITHOUT_PAYER = f"""
INSERT INTO parked_customer (customer_id, run_id, payer_id, reason)
SELECT customer_id, %(run)s::uuid, %(nobody)s::uuid, 'payer_missing'
  FROM ({statement(__file__, "without_payer.sql")}) AS without
    ON CONFLICT DO NOTHING
"""  # noqa: S608  our own text


def payers_left(of: CurrentRun) -> list[UUID]:
    """The payers that the run has not done yet."""
    return values_of(UUID, _PAYERS, _named(of))


def parked_payers(of: CurrentRun) -> list[UUID]:
    """The payers of the customers that the run parked when it ended; none before it has ended once."""
    return values_of(UUID, _PARKED_PAYERS, _named(of)) if of.ended else []


def take_payer(of: CurrentRun, payer_id: UUID, *, at: datetime) -> bool:
    """Takes a payer with all of its customers. False if it is done, or if a run of a later date has billed it."""
    return exists(_TAKE_PAYER, _named(of) | {"payer": payer_id, "at": at})


def take_parked(of: CurrentRun, payer_id: UUID) -> list[UUID]:
    """Takes a payer's parked customers; answers those that no run of a later date has billed meanwhile."""
    return values_of(UUID, _TAKE_PARKED, _named(of) | {"payer": payer_id})


def park_payer(of: CurrentRun, payer_id: UUID) -> None:
    """Parks every customer of a payer whose invoice could not be computed."""
    run(_PARK_PAYER, _named(of) | {"payer": payer_id})


def park_without_payer(of: CurrentRun) -> None:
    """Parks the customers that may have something to bill and have no payer, and no others for that reason."""
    run(_UNPARK_WITHOUT_PAYER, _named(of))
    run(_PARK_WITHOUT_PAYER, _named(of))


def _named(of: CurrentRun) -> dict[str, object]:
    return {"run": of.id, "date": of.date, "cut": of.cut, "nobody": NO_PAYER}
