"""``strapontin doctor``: what is in order, what is not, and what an administrator of the database has to run."""

from __future__ import annotations

import argparse
import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from strapontin.cli import demo_fence
from strapontin.cli.environment import Environment, cookies_are_slow, pending_migrations, prepare
from strapontin.cli.exposure import outside_names
from strapontin.cli.messages import Refused, say
from strapontin.cli.roles import report_roles
from strapontin.cli.tls_check import meet
from strapontin.config.database import role_names
from strapontin.kit.logins import logins_of

_SAME_SERVER = (
    "SELECT string_agg(name, ', ' ORDER BY name) FROM stack GROUP BY server_uuid HAVING count(server_uuid) > 1"
)
_TENANT_TWICE = "SELECT tenant_uuid FROM tenant_register WHERE duplicate ORDER BY tenant_uuid"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of what the doctor prints; ``remedy`` are lines to copy; ``warns``: it may become a problem."""

    fine: bool
    text: str
    remedy: tuple[str, ...] = ()
    warns: bool = False


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    subparsers.add_parser("doctor", help=say("doctor_help")).set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Print the findings; 0 if everything is in order, else 1."""
    problems = 0
    may_be_demo = _may_be_demo()
    with prepare(migrated=False) as environment:
        for finding in _findings(environment, may_be_demo=may_be_demo):
            print(f"{'!' if finding.warns else '✓' if finding.fine else '✗'} {finding.text}")
            for line in finding.remedy:
                print(f"    {line}")
            problems += not finding.fine
    print(say("doctor_faults", count=problems) if problems else say("doctor_fine"))
    return 1 if problems else 0


def _findings(environment: Environment, *, may_be_demo: bool) -> Iterator[Finding]:
    yield from _disk(environment)
    if cookies_are_slow():
        yield Finding(fine=True, text=say("check_cookies", version=platform.python_version()), warns=True)
    facts = environment.facts
    yield Finding(
        fine=True,
        text=say("check_server", version=facts.version, host=facts.host, database=facts.database, user=facts.user),
    )
    with psycopg.connect(environment.url, autocommit=True, connect_timeout=3) as connection:
        yield _durability(connection)
        yield _clock(connection)
        yield _roles(environment)
        yield from _logins(environment, connection)
        if pending := pending_migrations(facts):
            yield Finding(fine=False, text=say("database_behind", count=len(pending)))
        else:
            yield Finding(fine=True, text=say("check_migrations"))
            yield from _demo(environment, may_be_demo=may_be_demo)
            yield _time_zone()
            yield _mail()
            yield from _tls()
            yield _issuer()
            yield _worker(connection)
            yield from _doubles()


def _disk(environment: Environment) -> Iterator[Finding]:
    free_gb = shutil.disk_usage(environment.home).free / 1e9
    yield Finding(fine=True, text=say("check_home", path=environment.home, free_gb=free_gb))
    if free_gb < 1:
        yield Finding(fine=False, text=say("check_disk_low", path=environment.home))


def _durability(connection: psycopg.Connection) -> Finding:
    query = "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'"
    row = connection.execute(query, [["fsync", "synchronous_commit", "full_page_writes"]]).fetchone()
    if row:
        return Finding(fine=False, text=say("check_not_durable", setting=row[0]))
    return Finding(fine=True, text=say("check_durable"))


def _clock(connection: psycopg.Connection) -> Finding:
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    seconds = abs(time.time() - row[0]) if row else 0.0
    if seconds > 5:
        return Finding(fine=False, text=say("check_clock_off", seconds=seconds))
    return Finding(fine=True, text=say("check_clock"))


def _roles(environment: Environment) -> Finding:
    report = report_roles(environment.url)
    if not report.usable:
        with psycopg.connect(environment.url) as connection:
            remedy = (*report.statements(), *_login_statements(environment, connection))
        return Finding(fine=False, text=say("check_roles_grant"), remedy=remedy)
    if report.missing:
        return Finding(fine=True, text=say("check_roles_creatable", roles=", ".join(report.missing)))
    return Finding(fine=True, text=say("check_roles", roles=", ".join(role_names(environment.url).all())))


def _may_be_demo() -> bool:
    try:
        return demo_fence.is_wanted()
    except Refused:
        return False


def _demo(environment: Environment, *, may_be_demo: bool) -> Iterator[Finding]:
    if demo_fence.holds_demo(environment.url):
        text = say("check_demo") if may_be_demo else say("demo_unwanted")
        yield Finding(fine=may_be_demo, text=text)


def _logins(environment: Environment, connection: psycopg.Connection) -> Iterator[Finding]:
    """Whether the portal signs in as somebody who owns nothing."""
    report = report_roles(environment.url)
    if report.missing or not report.usable:
        return  # the first migration makes roles and logins together
    if environment.given_url != environment.url:
        yield Finding(
            fine=True, text=say("check_logins", logins=unquote(urlsplit(environment.given_url).username or ""))
        )
        return
    if remedy := _login_statements(environment, connection):
        yield Finding(fine=False, text=say("check_logins_missing", user=report.user), remedy=tuple(remedy))
    else:
        logins = logins_of(environment.url, environment.key)
        yield Finding(fine=True, text=say("check_logins", logins=", ".join(login.name for login in logins)))


def _login_statements(environment: Environment, connection: psycopg.Connection) -> list[str]:
    logins = logins_of(environment.url, environment.key)
    return [statement for login in logins for statement in login.statements(connection)]


def _time_zone() -> Finding:
    from strapontin.organisation.models import Installation

    name = Installation.objects.values_list("time_zone", flat=True).first() or "Europe/Paris"
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return Finding(fine=False, text=say("check_time_zone_unknown", name=name))
    return Finding(fine=True, text=say("check_time_zone", name=name))


def _mail() -> Finding:
    from django.conf import settings

    if not settings.EMAIL_HOST:
        return Finding(fine=True, text=say("check_no_mail"))
    sender = settings.DEFAULT_FROM_EMAIL
    return Finding(fine=True, text=say("check_mail", host=settings.EMAIL_HOST, port=settings.EMAIL_PORT, sender=sender))


def _tls() -> Iterator[Finding]:
    """What others meet at the portal's address, and whether the program's history lies beside it."""
    if not outside_names():
        return
    from django.conf import settings

    address = settings.PORTAL_ADDRESS
    if not address.startswith("https://"):
        yield Finding(fine=False, text=say("check_tls_none", address=address))
    else:
        try:
            met = meet(address)
        except OSError as error:
            yield Finding(fine=False, text=say("check_tls_refused", address=address, reason=error))
        else:
            facts = {"address": address, "version": met.version, "until": f"{met.until:%Y-%m-%d}", "old": met.old}
            yield Finding(fine=not met.old, text=say("check_tls_old" if met.old else "check_tls", **facts))
    if (history := settings.BASE_DIR.parent / ".git").exists():
        yield Finding(fine=False, text=say("check_history", path=history))


def _issuer() -> Finding:
    from strapontin.organisation.settings import load

    settings = load()
    if missing := settings.issuer_missing:
        # Nothing waits for it yet if nobody is billed automatically.
        text = say("check_issuer_incomplete", fields=", ".join(missing))
        return Finding(fine=not settings.automatic_billing, text=text)
    return Finding(fine=True, text=say("check_specimens" if settings.issues_specimens else "check_issuer"))


def _worker(connection: psycopg.Connection) -> Finding:
    query = "SELECT extract(epoch FROM now() - max(last_heartbeat))::float8 FROM procrastinate_workers"
    row = connection.execute(query).fetchone()
    if row is None or row[0] is None or row[0] > 60:
        return Finding(fine=False, text=say("check_no_worker"))
    return Finding(fine=True, text=say("check_worker", seconds=max(0.0, row[0])))


def _doubles() -> Iterator[Finding]:
    """Telephone servers and tenants that are there twice, and would be counted twice."""
    from strapontin.access.actors import system
    from strapontin.access.scope import acting
    from strapontin.kit.database import values_of

    with acting(system("cli"), "worker"):
        for names in values_of(str, _SAME_SERVER):
            yield Finding(fine=False, text=say("check_same_server", stacks=names))
        for tenant in values_of(UUID, _TENANT_TWICE):
            yield Finding(fine=False, text=say("check_tenant_twice", tenant=tenant))
