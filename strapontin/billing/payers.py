"""The payer of a run: the partner whose invoice it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import DataError, IntegrityError

FAULTS = (DataError, IntegrityError, ArithmeticError)
"""What faulty data of one payer can raise. An error of the server is not among them: a run stops and goes on later."""
PAYER = "SELECT id, name, address, country, region, vat_number, currency FROM partner WHERE id = %s"
NO_PAYER = UUID(int=0)
"""Stands for the payer of customers that have none."""


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """A run under way: ``cut`` is the moment up to which it knows what happened; ``ended``: it has ended before."""

    id: UUID
    date: date
    preview: bool
    cut: datetime
    ended: bool


@dataclass(frozen=True, slots=True)
class Payer:
    """A paying partner as it stands when it is billed."""

    id: UUID
    name: str
    address: str
    country: str
    region: str
    vat_number: str
    currency: str
