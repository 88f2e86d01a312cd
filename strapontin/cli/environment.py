"""What a command needs before it can work: a directory, a secret key, a database that answers, and Django on it."""

from __future__ import annotations

import contextlib
import http.cookies
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from strapontin.cli.database_check import Facts, check
from strapontin.cli.exposure import check_portal_address
from strapontin.cli.messages import Refused
from strapontin.kit.logins import Login, LoginName
from strapontin.kit.postgres import EmbeddedServer, StartError, open_server
from strapontin.kit.postgres.cluster import write_private


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a command runs. ``server`` is our share in the embedded server, or ``None`` if the database is outside.

    ``url`` is the database as its owner, if the environment names the owner. ``given_url`` is that of the environment.
    """

    home: Path
    url: str
    given_url: str
    key: str
    server: EmbeddedServer | None
    facts: Facts

    def url_for(self, kind: LoginName) -> str:
        """The database as a process of this kind signs in: by its own login, if that works.

        If the owner has another URL, an administrator made the login of ``DATABASE_URL``: it is taken as it is.
        """
        if self.given_url != self.url:
            return self.given_url
        login = Login(self.url, kind, self.key)
        return login.own_url if login.works() else self.url


@contextlib.contextmanager
def prepare(*, migrated: bool = True, login: LoginName = "jobs") -> Iterator[Environment]:
    """Find or start the database, check it, and set Django up on it. Leaves the embedded server at the end.

    Reads ``STRAPONTIN_HOME`` (default: ``.strapontin`` in the current directory), ``DATABASE_URL``,
    ``DATABASE_OWNER_URL``, ``STRAPONTIN_SECRET_KEY`` and ``SANDBOX``, and sets them for Django and for child processes.
    Django signs in by ``login``; the web server forgets the owner. With ``migrated`` it
    refuses a database that is behind this version. Raises ``Refused`` or ``StartError``, each one sentence, within
    seconds.
    """
    home = data_directory()
    os.environ["SANDBOX"] = "1" if flag("SANDBOX", default=False) else "0"
    flag("HSTS", default=True)
    check_portal_address()
    number("EMAIL_PORT", default=25, highest=65535)
    number("TRUSTED_PROXIES", default=0, lowest=0, highest=20)
    number("SESSION_IDLE_HOURS", default=12, highest=8760)
    number("SESSION_DAYS", default=14, highest=365)
    number("API_CALLS_PER_MINUTE", default=6000, lowest=0, highest=999_999_999)
    with contextlib.ExitStack() as stack:
        server = None
        given_url = os.environ.get("DATABASE_URL", "")
        owner_url = os.environ.get("DATABASE_OWNER_URL", "")
        stack.callback(os.environ.update, {"DATABASE_URL": given_url, "DATABASE_OWNER_URL": owner_url})
        if not given_url:
            server = stack.enter_context(open_server(home))
            given_url = server.url
        url = owner_url or given_url
        facts = check(url)
        key = os.environ["STRAPONTIN_SECRET_KEY"] = secret_key(home)
        environment = Environment(home, url, given_url, key, server, facts)
        os.environ["DATABASE_URL"] = environment.url_for(login)
        os.environ["DATABASE_OWNER_URL"] = "" if login == "web" else url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strapontin.config.settings")
        import django

        django.setup()
        pending = pending_migrations(facts)
        if migrated and pending:
            raise Refused("database_behind", count=len(pending))
        yield environment


def data_directory() -> Path:
    """The installation's directory, which only its owner can read. Raises ``StartError`` (``home_unwritable``)."""
    home = Path(os.environ.get("STRAPONTIN_HOME") or ".strapontin").absolute()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "log").mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise StartError("home_unwritable", path=home, reason=error.strerror or error) from error
    os.environ["STRAPONTIN_HOME"] = str(home)
    return home


def secret_key(home: Path) -> str:
    """The key that signs sessions: from the environment, or made once and kept in a file for its owner alone."""
    if key := os.environ.get("STRAPONTIN_SECRET_KEY"):
        return key
    path = home / "secret-key"
    if not path.exists():
        new_path = home / f"secret-key.{os.getpid()}"
        write_private(new_path, secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process was quicker: its key counts
            path.hardlink_to(new_path)
        new_path.unlink()
    return path.read_text().strip()


def cookies_are_slow() -> bool:
    """Whether this Python has the fault CVE-2024-7592; distributions mend it without a new version number."""
    return sys.version_info < (3, 13) and not hasattr(http.cookies, "_unquote_sub")


def flag(name: str, *, default: bool) -> bool:
    """An environment variable that is 0 or 1. Raises ``Refused`` (``flag_invalid``)."""
    value = os.environ.get(name, "")
    if value not in ("", "0", "1"):
        raise Refused("flag_invalid", name=name, value=value)
    return value == "1" if value else default


def number(name: str, *, default: int, lowest: int = 1, highest: int) -> int:
    """A whole number from ``lowest`` to ``highest`` in the environment. Raises ``Refused`` (``number_invalid``)."""
    value = os.environ.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", value) or not lowest <= int(value) <= highest:
        raise Refused("number_invalid", name=name, value=value, lowest=lowest, highest=highest)
    return int(value)


def pending_migrations(facts: Facts) -> list[tuple[str, str]]:
    """The migrations that the database lacks. Raises ``Refused`` (``database_newer``) if it has one that we lack."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = set(loader.disk_migrations)
    replaced = {name for migration in loader.disk_migrations.values() for name in migration.replaces}
    if unknown := sorted(facts.migrations - known - replaced):
        raise Refused("database_newer", migration=".".join(unknown[-1]))
    return sorted(known - facts.migrations)
