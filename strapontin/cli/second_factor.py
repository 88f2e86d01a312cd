"""``strapontin reset-second-factor``: for somebody who lost the device and the recovery codes."""

from __future__ import annotations

import argparse

from strapontin.cli.environment import prepare
from strapontin.cli.messages import Refused, say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("reset-second-factor", help=say("second_factor_help"))
    parser.add_argument("email", help=say("invite_email"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Take the second factor away; the password alone counts then."""
    with prepare():
        from strapontin.access import grants
        from strapontin.access.actors import system
        from strapontin.access.administrators import reset_second_factor
        from strapontin.access.models import Administrator
        from strapontin.access.scope import acting
        from strapontin.organisation.settings import load

        email = arguments.email.strip().lower()
        administrator_id = Administrator.objects.filter(account__email=email).values_list("id", flat=True).first()
        if administrator_id is None:
            raise Refused("second_factor_nobody", email=email)
        actor = system("cli")
        with acting(actor):
            grant = grants.administrator_manager(actor)
            reset_second_factor(grant, administrator_id=administrator_id, at=load().now())
    print(say("second_factor_reset", email=email))
    return 0
