"""A synchronisation, site by site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SyncState = Literal["waiting", "running", "counts", "done", "silent", "refused", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncSite:
    """A site in a synchronisation.

    If the site was not read, ``reason`` says why, and ``kept_from`` is when the present figures were read.
    """

    name: str
    state: SyncState
    stack: str = ""
    used: int | None = None
    unknown_users: int = 0
    vanished_users: int = 0
    other_type: int = 0
    other_email: int = 0
    other_name: int = 0
    other_enabled: int = 0
    absent_users: int = 0
    unmapped: int = 0
    users_url: str = ""
    at: datetime | None = None
    kept_from: datetime | None = None
    reason: str = ""
    silent_since: datetime | None = None

    @property
    def differences(self) -> bool:
        """Whether the stack and the portal disagreed about a user."""
        return any(
            (
                self.unknown_users,
                self.vanished_users,
                self.other_type,
                self.other_email,
                self.other_name,
                self.other_enabled,
                self.absent_users,
                self.unmapped,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """A synchronisation of a customer. While it runs, the page asks ``poll_url`` again every second."""

    running: bool
    sites: Sequence[SyncSite]
    poll_url: str
    finished_at: datetime | None = None

    @property
    def total(self) -> int:
        """Sites to read."""
        return len(self.sites)

    @property
    def read(self) -> int:
        """Sites that answered or gave up."""
        return sum(site.state not in ("waiting", "running", "counts") for site in self.sites)

    @property
    def failed(self) -> int:
        """Sites that keep their last figures."""
        return sum(site.state in ("silent", "refused", "failed") for site in self.sites)
