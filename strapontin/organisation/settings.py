"""The installation's settings and clock: one value, which a door reads once for each request."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from django.conf import settings as environment

from strapontin.kit.database import row_of
from strapontin.kit.dates import local_date

ISSUER_FIELDS = ("name", "street", "postcode", "city", "country", "siren", "vat_number")
"""What an invoice has to name of its issuer.

Sources: Directive 2006/112/EC, art. 226; CGI, ann. II, art. 242 nonies A; the SIREN: Code de commerce, art. R. 123-237.
"""

# The name of an installation that nobody has named.
UNNAMED = "Strapontin"


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days is kept what no invoice and no history needs; 0: for ever.

    ``synchronizations`` and what they read, with the names in it; ``stack_calls`` that ended; ``failed_jobs`` of the
    worker; ``removed_users``: until personal data of a user who was removed is erased; ``requests`` for seats that were
    answered or withdrawn, with the names in them.
    """

    synchronizations: int = 30
    stack_calls: int = 90
    failed_jobs: int = 30
    removed_users: int = 0
    requests: int = 365


@dataclass(frozen=True, slots=True)
class Settings:
    """The provider's facts and the rules' parameters (SPEC 4, 5, 7)."""

    name: str
    address: str
    street: str
    postcode: str
    city: str
    siren: str
    siret: str
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
    retention: Retention
    stack_networks: list[str]
    clock_offset: timedelta
    version: int

    def now(self) -> datetime:
        """The moment on this installation's clock: real time, or a sandbox's own."""
        real = datetime.now(UTC)
        return real + self.clock_offset if environment.SANDBOX else real

    @property
    def issues_specimens(self) -> bool:
        """Whether every document is a specimen: a sandbox bills nobody."""
        return bool(environment.SANDBOX)

    @property
    def issuer_missing(self) -> list[str]:
        """The fields without which no invoice may be issued. A sandbox needs none of them."""
        if self.issues_specimens:
            return []
        needed = [field for field in ISSUER_FIELDS if field != "siren" or self.country == "FR"]
        return [field for field in needed if getattr(self, field) in ("", UNNAMED)]

    @property
    def issuer_address(self) -> str:
        """The issuer's address as invoices show it, in lines."""
        return f"{self.street}\n{self.postcode} {self.city}" if self.street else self.address

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
