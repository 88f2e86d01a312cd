"""What an import would do, as things stand: the seats that are missing, their price, and a digest of all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import constant_time_compare

from strapontin.access.grants import UserManager
from strapontin.allocations.operations import sites_are_there
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

    ``refusal`` says why it cannot be confirmed: ``above_limit`` if the missing seats are, or why nobody can.
    ``digests`` stand for the file, its columns and the effect, the one to show first
    (:class:`strapontin.billing.effects.Effect`).
    """

    users: dict[Place, int]
    missing: dict[Place, int]
    effect: Effect | None
    digests: tuple[str, ...]
    refusal: Refusal | None = None

    @property
    def digest(self) -> str | None:
        """Stands for this outlook; ``None`` if the import cannot be confirmed."""
        return None if self.refusal else self.digests[0]

    def expect(self, digest: str) -> None:
        """Raises ``preview_outdated`` with this outlook as ``fresh`` if ``digest`` stands for another one."""
        if self.refusal is None and not any(constant_time_compare(digest, own) for own in self.digests):
            raise Refusal("preview_outdated", fresh=self)

    def expect_seats(self, grant: UserManager, *, allocate_missing: bool) -> None:
        """Raises ``no_free_seat`` if seats are missing and are not to be allocated, ``role_missing`` if they cannot.

        Raises the ``refusal``, too.
        """
        if self.missing and not allocate_missing:
            place = next(iter(self.missing))
            raise no_free_seat(grant, grant.customer, place, seats=self.users[place])
        if self.missing:
            grant.allocation_manager()
        if self.refusal is not None:
            raise self.refusal


def look_ahead(grant: UserManager, facts: ImportFacts, *, settings: Settings, at: datetime) -> Outlook:
    """What the import would do now, or why it cannot be. Changes nothing."""
    users, missing = facts.users, dict[Place, int]()
    effect = refusal = None
    try:
        if not sites_are_there(grant.customer.id, users):
            raise Refusal("site_removed")
        with rehearsal():
            missing = missing_seats(grant, users, settings=settings, at=at)
        if missing and grant.may_allocate:
            effect = preview_room(grant.allocation_manager(), rooms=rooms_for(users), settings=settings, at=at)
    except Refusal as refused:
        if refused.code not in ("above_limit", "customer_expired", "site_removed"):
            raise
        refusal = refused
    of_effect = effect.digests if effect else (repr(sorted(map(repr, missing.items()))),)
    texts = [f"{facts.file_digest} {facts.fields} {digest}" for digest in of_effect]
    digests = tuple(hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts)
    return Outlook(users, missing, effect, digests, refusal)
