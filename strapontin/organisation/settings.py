"""The installation's settings and clock: one value, which a door reads once for each request."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from django.conf import settings as environment

from strapontin.kit.database import row_of
from strapontin.kit.dates import local_date


@dataclass(frozen=True, slots=True)
class Settings:
    """The provider's facts and the rules' parameters (SPEC 4, 5, 7)."""

    name: str
    address: str
    country: str
    vat_number: str
    currency: str
    language: str
    time_zone: str
    contact: str
    seats_enforced_from: date
    allocation_billing_from: date
    hand_back_days: int
    alignment: str
    invoice_day: int
    automatic_billing: bool
    stack_networks: list[str]
    clock_offset: timedelta
    version: int

    def now(self) -> datetime:
        """The moment on this installation's clock: real time, or a sandbox's own."""
        real = datetime.now(UTC)
        return real + self.clock_offset if environment.SANDBOX else real

    def day(self, at: datetime) -> date:
        """The provider's local date at ``at``."""
        return local_date(at, self.time_zone)


_LOAD = f"SELECT {', '.join(field.name for field in fields(Settings))} FROM installation"  # noqa: S608  our own names


def load(*, lock: bool = False) -> Settings:
    """The settings as they stand; one query. ``lock`` holds them until the end of the transaction."""
    settings = row_of(Settings, f"{_LOAD} FOR UPDATE" if lock else _LOAD)
    if settings is None:
        raise RuntimeError("the installation has no settings yet: run `strapontin migrate`")
    return settings
