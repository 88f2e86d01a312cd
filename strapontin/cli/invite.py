"""``strapontin invite``: a link with which a person chooses a password.

For the first administrator; and for everybody if no e-mail is sent, also for somebody who forgot the password.
"""

from __future__ import annotations

import argparse

from strapontin.cli.environment import prepare
from strapontin.cli.messages import Refused, language, say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("invite", help=say("invite_help"))
    parser.add_argument("email", help=say("invite_email"))
    parser.add_argument("--name", default="", help=say("invite_name"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the link, and nothing else."""
    with prepare():
        from strapontin.access.links import password_link
        from strapontin.access.models import Account
        from strapontin.kit.text import email_form, legible

        email = email_form(arguments.email).lower()
        account = Account.objects.filter(email=email).first()
        if account is None:
            _add_administrator(email, legible(arguments.name))
            account = Account.objects.get(email=email)
        url = password_link(account)
    print(url)
    return 0


def _add_administrator(email: str, name: str) -> None:
    from strapontin.access import grants
    from strapontin.access.actors import system
    from strapontin.access.administrators import NewAdministrator, create_administrator
    from strapontin.access.models import ROLES
    from strapontin.access.operations import ScopeGiven
    from strapontin.access.scope import acting
    from strapontin.kit.emails import is_email
    from strapontin.organisation.settings import load

    if not is_email(email):
        raise Refused("email_invalid", value=email)
    if not name:
        raise Refused("invite_nobody", email=email)
    actor = system("cli")
    with acting(actor):
        new = NewAdministrator(
            name=name, email=email, scope=ScopeGiven(provider=True), roles=list(ROLES), language=language()
        )
        create_administrator(grants.administrator_manager(actor), new=new, at=load().now())
