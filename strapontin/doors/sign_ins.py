"""Attempts to sign in with a password: slowed down, never locked out (SPEC 3, Sign-in).

A device that signed in to the account before has a counter of its own, which nobody else can use up. A device that is
not known shares the counters of its address, and of what was tried at the account lately (``take_sign_in.sql``).
"""

from __future__ import annotations

from strapontin.doors.limits import SIGN_IN_ADDRESS, SIGN_IN_DEVICE, subject_of, take
from strapontin.kit.database import run, statement, value_of

_TAKE = statement(__file__, "take_sign_in.sql")
_GIVE_BACK = """
UPDATE attempt
   SET free_at = CASE action WHEN 'sign_in.here' THEN now()
                             WHEN 'sign_in.account' THEN free_at - interval '300 seconds'
                             ELSE free_at - make_interval(secs => %(cost)s::float8) END
 WHERE (action, subject) IN (('sign_in.address', %(address)s::bytea), ('sign_in.here', %(here)s::bytea),
                             ('sign_in.account', %(account)s::bytea))
"""


class Attempt:
    """An attempt to sign in to the account with the login ``login``.

    ``network`` is where it comes from (:func:`strapontin.doors.address.client_network`). ``device`` names a device
    that signed in to this account before; empty: none is known.
    """

    def __init__(self, login: str, network: str, device: str = "") -> None:
        self._device = (device, login) if device else None
        self._counters: dict[str, object] = {
            "address": subject_of(network),
            "here": subject_of(login, network),
            "account": subject_of(login),
            "cost": SIGN_IN_ADDRESS.every,
        }
        self._counted = False

    def take(self) -> int:
        """Counts the attempt; 0, or the seconds until the next one is allowed. To be asked before the password is."""
        if self._device and not take(SIGN_IN_DEVICE, *self._device):
            return 0
        wait = value_of(int, _TAKE, self._counters | {"tolerance": SIGN_IN_ADDRESS.tolerance})
        self._counted = wait == 0
        # Without a value, another transaction has made a counter since the statement began.
        return 1 if wait is None else wait

    def give_back(self) -> None:
        """Takes a good attempt out of the counters that it shares with others: an office may have one address."""
        if self._counted:
            run(_GIVE_BACK, self._counters)
