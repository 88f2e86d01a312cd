"""The payer of a run: the partner whose invoice it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

NO_PAYER = UUID(int=0)
"""Stands for the payer of customers that have none."""


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """A run under way: ``cut`` is the moment up to which it knows what happened."""

    id: UUID
    date: date
    preview: bool
    cut: datetime


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
