"""``strapontin api-key``: a first API key for the person who runs the installation."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

from strapontin.cli.environment import prepare
from strapontin.cli.messages import say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("api-key", help=say("api_key_help"))
    parser.add_argument("--provider", action="store_true", required=True, help=say("api_key_provider"))
    parser.add_argument("--name", default="strapontin api-key", help=say("api_key_name"))
    parser.add_argument("--days", type=_days, default=365, help=say("api_key_days"))
    parser.set_defaults(run=run)


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 1000:
        raise ValueError(text)
    return days


def run(arguments: argparse.Namespace) -> int:
    """Print a key with all of the provider's roles, and nothing else."""
    with prepare():
        from strapontin.access import grants
        from strapontin.access.actors import system
        from strapontin.access.models import ROLES
        from strapontin.access.operations import NewKey, ScopeGiven, create_api_key
        from strapontin.access.scope import acting
        from strapontin.kit.text import legible
        from strapontin.organisation.settings import load

        actor = system("cli")
        with acting(actor):
            _, key = create_api_key(
                grants.administrator_manager(actor),
                new=NewKey(
                    name=legible(arguments.name) or "strapontin api-key",
                    scope=ScopeGiven(provider=True),
                    roles=list(ROLES),
                    # Keys live in real time, whatever a sandbox's clock says.
                    expires_at=datetime.now(UTC) + timedelta(days=arguments.days),
                ),
                at=load().now(),
            )
    print(key)
    return 0
