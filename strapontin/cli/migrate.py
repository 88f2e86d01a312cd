"""``strapontin migrate``: brings the database to this version, and gives a new installation its defaults."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import psycopg

from strapontin.cli.environment import Environment, pending_migrations, prepare
from strapontin.cli.messages import Refused, say
from strapontin.cli.roles import report_roles
from strapontin.kit.logins import forbid_temporary_tables, provide_logins

# Any number, but the same one in every version.
MIGRATION_LOCK = 7_228_734


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    subparsers.add_parser("migrate", help=say("migrate_help")).set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Migrate, and print that it is done."""
    with prepare(migrated=False) as environment:
        migrate(environment)
        print(say("migrated"))
    return 0


def migrate(environment: Environment) -> None:
    """Apply the missing migrations, and give a new installation its types, prices and settings.

    It may be repeated. Processes that start together take turns. Raises ``Refused`` (``roles_missing``) if the database
    roles do not exist and the database user may not create them.
    """
    from django.core.management import call_command

    pending = pending_migrations(environment.facts)
    if pending:
        roles = report_roles(environment.url)
        if not roles.usable:
            missing = ", ".join((*roles.missing, *roles.not_granted)) or "btree_gist"
            raise Refused("roles_missing", user=roles.user, roles=missing)
        print(say("migrating", count=len(pending)), flush=True)
    with psycopg.connect(environment.url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        if pending:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        forbid_temporary_tables(environment.url)
        if environment.given_url == environment.url:
            provide_logins(environment.url, environment.key)
        _sign_in(environment.url_for("jobs"))
        seed()


def _sign_in(url: str) -> None:
    """Let this process go on as the login that now exists; it began as the owner if it did not exist."""
    from django.db import connection

    os.environ["DATABASE_URL"] = url
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update(USER=unquote(urlsplit(url).username or ""))
    connection.settings_dict.update(PASSWORD=unquote(urlsplit(url).password or ""))


def seed() -> None:
    """Give a new installation its types, prices and settings. Does nothing in an installation that has them."""
    from strapontin.provider.defaults import seed_defaults

    seed_defaults(at=datetime.now(UTC))
