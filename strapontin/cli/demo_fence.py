"""Keeps the known passwords of a demo on this machine.

A demo is built, and a database that holds one is served, only if no other machine reaches the portal, and in a database
outside only if ``DEMO=1`` says so.
"""

from __future__ import annotations

import os
from contextlib import suppress

from strapontin.cli import demo_data
from strapontin.cli.environment import flag
from strapontin.cli.exposure import outside_names
from strapontin.cli.messages import Refused


def is_wanted() -> bool:
    """Whether a demo may be built and served: ``DEMO``, else yes for the embedded server on this machine alone.

    Called before ``prepare``, which sets ``DATABASE_URL``. Raises ``Refused``: ``flag_invalid``, or ``demo_exposed`` if
    ``DEMO`` is 1 though other machines reach the portal.
    """
    exposed = bool(outside_names())
    wanted = flag("DEMO", default=not (exposed or os.environ.get("DATABASE_URL")))
    if wanted and exposed:
        raise Refused("demo_exposed")
    return wanted


def check(url: str, *, wanted: bool) -> None:
    """Raise ``Refused`` (``demo_unwanted``) for a database with known passwords if no demo is ``wanted``."""
    if not wanted and holds_demo(url):
        raise Refused("demo_unwanted")


def holds_demo(url: str) -> bool:
    """Whether the database is a demo, or holds accounts of one with their known password, as a copy by pg_dump does."""
    if demo_data.demo_state(url) != "none":
        return True
    with suppress(ImportError):  # an installation without the demo
        from strapontin.access.models import Account
        from strapontin.demo import people

        emails = [person.email for person in people.SIGNING_IN]
        accounts = Account.objects.filter(email__in=emails, is_active=True)
        return any(account.check_password(people.PASSWORD) for account in accounts)
    return False
