"""Finds out before all else, within seconds, whether there is a database that we can use.

A pool would try for half a minute, and then say only that it waited. A person wants to know what is wrong: the host,
the password, the database or the version.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import sql

from strapontin.cli.messages import Refused
from strapontin.kit.roles import roles_of

OLDEST, NEWEST = 15, 18
CONNECT_SECONDS = 2
CHECK_SECONDS = 3
_MAY_READ = "SELECT has_table_privilege('django_migrations', 'SELECT')"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first connection found."""

    version: str
    host: str
    database: str
    user: str
    migrations: frozenset[tuple[str, str]]


def check_url(url: str) -> None:
    """Raise ``Refused`` (``url_invalid``) if the URL cannot be one of a PostgreSQL database."""
    try:
        parts = urlsplit(url)
        _port = parts.port
        psycopg.conninfo.conninfo_to_dict(url)
    except (ValueError, psycopg.ProgrammingError) as error:
        raise Refused("url_invalid", reason=str(error).strip()) from error
    if parts.scheme not in ("postgresql", "postgres"):
        raise Refused("url_invalid", reason=f"{parts.scheme or url}…")


def place(url: str) -> str:
    """Where the server is, in words for people: host and port, or the socket's directory."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = unquote(parts.hostname or "") or options.get("host") or "localhost"
    port = parts.port or options.get("port")
    return f"{host}:{port}" if port else host


def check(url: str) -> Facts:
    """Connect once. Raises ``Refused`` with the one thing that is wrong, within four seconds."""
    check_url(url)
    outcome: list[Facts | Exception] = []
    # The look-up of a host's name knows no time-out: so the attempt has a thread of its own, which may be left behind.
    attempt = threading.Thread(target=lambda: outcome.append(_attempt(url)), daemon=True)
    attempt.start()
    attempt.join(CHECK_SECONDS)
    if not outcome:
        raise Refused("database_silent", host=place(url), seconds=CHECK_SECONDS)
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def _attempt(url: str) -> Facts | Exception:
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS, application_name="strapontin check") as connection:
            return _facts(connection, url)
    except psycopg.OperationalError as error:
        return _explain(str(error), url)
    except psycopg.Error as error:
        return Refused("database_refused", host=place(url), reason=_reason(str(error)))
    except Refused as refused:
        return refused


def _facts(connection: psycopg.Connection, url: str) -> Facts:
    info = connection.info
    number = info.server_version // 10000
    version = (info.parameter_status("server_version") or str(number)).split(" ")[0]
    if not OLDEST <= number <= NEWEST:
        raise Refused("database_version", found=version, oldest=OLDEST, newest=NEWEST)
    encoding = connection.execute("SHOW server_encoding").fetchone()
    if encoding != ("UTF8",):
        raise Refused("database_encoding", database=info.dbname, found=encoding and encoding[0])
    migrated = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone() == (True,)
    if migrated and connection.execute(_MAY_READ).fetchone() != (True,):
        # A login of the portal has no right of its own.
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(roles_of(info.dbname).door)))
    rows = connection.execute("SELECT app, name FROM django_migrations").fetchall() if migrated else []
    return Facts(version, place(url), info.dbname, info.user, frozenset((app, name) for app, name in rows))


def _explain(words: str, url: str) -> Refused:
    """Which of the usual things is wrong. A failed connection leaves nothing but words to find it out."""
    host = place(url)
    database = unquote(urlsplit(url).path.lstrip("/"))
    lower = words.lower()
    if "could not translate host name" in lower or "failed to resolve host" in lower or "name or service" in lower:
        return Refused("database_unknown_host", host=host)
    if "timeout" in lower or "timed out" in lower:
        return Refused("database_silent", host=host, seconds=CONNECT_SECONDS)
    if "password" in lower or "mot de passe" in lower or ("role" in lower and "does not exist" in lower):
        return Refused("database_password", host=host)
    if "database" in lower and "does not exist" in lower:
        return Refused("database_missing", database=database, host=host)
    if "too many" in lower or "connection slots" in lower:
        return Refused("database_full", host=host)
    for reason in ("Connection refused", "No such file or directory", "Network is unreachable", "No route to host"):
        if reason.lower() in lower:
            return Refused("database_unreachable", host=host, reason=reason)
    return Refused("database_refused", host=host, reason=_reason(words))


def _reason(words: str) -> str:
    """The first line, from the word ``FATAL`` on if it has that; our sentence brings its own full stop."""
    lines = words.strip().splitlines()
    return lines[0].rpartition("FATAL:")[2].strip().rstrip(".") if lines else "?"
