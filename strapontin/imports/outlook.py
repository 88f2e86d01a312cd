"""What an import would do, as things stand: the seats that are missing, their price, and a digest of all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import constant_time_compare

from strapontin.access.grants import UserManager
from strapontin.allocations.rules import Place, rooms_for
from strapontin.billing.effects import Effect, preview_room
from strapontin.imports.queries import ImportFacts
from strapontin.kit.database import rehearsal
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal
from strapontin.seats.claims import no_free_seat
from strapontin.seats.many import missing_seats


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an import would do. ``effect`` is there if seats are missing and the reader may allocate them.

    ``digests`` stand for the file, its columns and the effect, the one to show first
    (:class:`strapontin.billing.effects.Effect`).
    """

    users: dict[Place, int]
    missing: dict[Place, int]
    effect: Effect | None
    digests: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Stands for this outlook."""
        return self.digests[0]

    def expect(self, digest: str) -> None:
        """Raises ``preview_outdated`` with this outlook as ``fresh`` if ``digest`` stands for another one."""
        if not any(constant_time_compare(digest, own) for own in self.digests):
            raise Refusal("preview_outdated", fresh=self)

    def expect_seats(self, grant: UserManager, *, allocate_missing: bool) -> None:
        """Raises ``no_free_seat`` if seats are missing and are not to be allocated, ``role_missing`` if they cannot."""
        if not self.missing:
            return
        if not allocate_missing:
            place = next(iter(self.missing))
            raise no_free_seat(grant, grant.customer, place, seats=self.users[place])
        grant.allocation_manager()


def look_ahead(grant: UserManager, facts: ImportFacts, *, settings: Settings, at: datetime) -> Outlook:
    """What the import would do now. Changes nothing. Raises ``customer_expired``."""
    users = facts.users
    with rehearsal():
        missing = missing_seats(grant, users, settings=settings, at=at)
    effect = None
    if missing and grant.may_allocate:
        effect = preview_room(grant.allocation_manager(), rooms=rooms_for(users), settings=settings, at=at)
    of_effect = effect.digests if effect else (repr(sorted(map(repr, missing.items()))),)
    texts = [f"{facts.file_digest} {facts.fields} {digest}" for digest in of_effect]
    return Outlook(users, missing, effect, tuple(hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts))
