"""How often something may be tried: counters in PostgreSQL, which all processes share and which outlive a restart.

Each counter is one row: the moment until which its attempts are still remembered. An attempt moves this moment by
``every`` seconds; an attempt is refused if the moment lies further ahead than the attempts allowed at once. (The
algorithm is the GCRA of ITU-T I.371.) A refused attempt moves nothing, so nobody waits longer for having asked. A row
whose moment has passed says nothing: it can be deleted.

The statements run outside of the request's transaction, as the door's role: an attempt counts even if its request
is rolled back. The table holds no address and no login, only digests under the secret key.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import run, statement, value_of

_TAKE = statement(__file__, "take_attempt.sql")
_FORGIVE = "UPDATE attempt SET free_at = now() WHERE action = %(action)s AND subject = %(subject)s::bytea"
_FORGET = "DELETE FROM attempt WHERE free_at <= now()"


@dataclass(frozen=True, slots=True)
class Limit:
    """``at_once`` attempts are allowed at once, and then one more each ``every`` seconds."""

    action: str
    at_once: int
    every: int

    @property
    def tolerance(self) -> int:
        """How many seconds ahead the moment may lie when an attempt is made."""
        return self.every * (self.at_once - 1)


# Sign-ins from one address, whatever the account; a good one does not count.
SIGN_IN_ADDRESS = Limit("sign_in.address", 30, 20)
# Sign-ins to an account from a device that signed in to it before.
SIGN_IN_DEVICE = Limit("sign_in.device", 10, 60)
# Somebody who is signed in and types the password again.
REAUTHENTICATION = Limit("reauthentication", 10, 60)
# Codes of somebody who knows the password, from a device that signed in before or from all others.
SECOND_FACTOR = Limit("second_factor", 10, 300)
# A code that was used counts no more: it would be valid for at most 90 seconds.
USED_CODE = Limit("second_factor.used", 1, 120)
# Links to choose another password, asked for from one address and for one login.
RESET_ADDRESS = Limit("reset.address", 10, 300)
RESET_LOGIN = Limit("reset.login", 3, 1200)
# Administrators who are added or changed by one administrator or key: each may be sent an e-mail.
INVITATION = Limit("invitation", 60, 60)
# Unknown, expired and revoked keys from one address.
WRONG_KEY = Limit("wrong_key", 20, 10)


def subject_of(*parts: object) -> bytes:
    """Who or what is counted, as the table holds it."""
    return salted_hmac("strapontin attempt", "\n".join(map(str, parts)), algorithm="sha256").digest()


def take(limit: Limit, *parts: object) -> int:
    """Counts one attempt of the subject that ``parts`` name; 0, or the seconds until the next one is allowed."""
    facts = {
        "action": limit.action,
        "subject": subject_of(*parts),
        "cost": limit.every,
        "tolerance": limit.tolerance,
    }
    wait = value_of(int, _TAKE, facts)
    # Without a row, another transaction has made the counter since the statement began.
    return 1 if wait is None else wait


def forgive(limit: Limit, *parts: object) -> None:
    """Forgets the attempts of the subject: the last one was good."""
    run(_FORGIVE, {"action": limit.action, "subject": subject_of(*parts)})


def forget_old() -> int:
    """Deletes the counters that say nothing any more; returns how many there were."""
    with acting(system(), role="door"):
        return run(_FORGET)
