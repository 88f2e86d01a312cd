"""A PostgreSQL server that belongs to an installation and is shared by its processes.

Three locks below ``home/postgres`` carry the whole protocol, and the kernel frees them however a holder ends:

* ``users.lock``: every process that uses the server shares it; whoever can have it alone was the last one,
  and stops the server;
* ``start.lock``: held alone while starting, joining, leaving or stopping;
* ``running.lock``: inherited by the server and all its processes. Whoever can have it knows that nothing of
  an earlier server lives, so that a stale pid file may go. No guess about process numbers is needed, which
  are reused, stay as zombies in containers, and mean nothing across them.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from strapontin.kit.postgres import postmaster
from strapontin.kit.postgres.cluster import START_NEEDS_MB, Cluster
from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.installation import Installation, embedded
from strapontin.kit.postgres.locks import FileLock, exclusively
from strapontin.kit.postgres.postmaster import PidFile
from strapontin.kit.postgres.runners import Runner, choose_runner

OWNER = "strapontin"
SUPERUSER = "postgres"
READY_WITHIN_SECONDS = 120
# A socket's path has 107 bytes, and the file in the directory is called .s.PGSQL.5432.
LONGEST_SOCKET_DIRECTORY = 86
LOG_KEPT_BYTES = 10 * 2**20

log = logging.getLogger(__name__)


class EmbeddedServer:
    """One process's share in the server at ``home``; ``start`` begins it, ``close`` ends it.

    ``tcp`` makes the server listen on a free port of the loopback address too, as an outside server would;
    ``settings`` go before those in the data directory.
    """

    def __init__(
        self,
        home: Path,
        *,
        installation: Installation | None = None,
        runner: Runner | None = None,
        tcp: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._cluster = Cluster(home.absolute())
        self._installation = installation
        self._runner = runner
        self._tcp = tcp
        self._settings = dict(settings or {})
        self._users: FileLock | None = None
        self._pid_file: PidFile | None = None
        self._child: subprocess.Popen[bytes] | None = None

    # --- what one asks of it ---

    def start(self) -> EmbeddedServer:
        """Start the server or join it if it runs. Raises ``StartError``."""
        self._cluster.make()
        with exclusively(self._cluster.root / "start.lock"):
            users = FileLock(self._cluster.root / "users.lock")
            users.share()
            try:
                self._pid_file = self._join() or self._launch()
                self._provide(OWNER)
            except BaseException:
                if users.try_acquire():
                    self._stop()
                users.close()
                raise
            self._users = users
        return self

    def ensure_running(self) -> bool:
        """Start the server anew if it died under its users; whether it had to be. Raises ``StartError``.

        Cheap while it lives, so that a launcher may ask every second.
        """
        if self._child is not None:
            self._child.poll()
        if _lives(self.pid):
            return False
        with exclusively(self._cluster.root / "start.lock"):
            if found := self._join():
                moved, self._pid_file = found != self._pid_file, found
                return moved
            self._pid_file = self._launch()
        return True

    def close(self) -> None:
        """Leave; the last one to leave stops the server and waits until nothing of it is left."""
        if self._users is None:
            return
        with exclusively(self._cluster.root / "start.lock"):
            if self._users.try_acquire():
                self._stop()
            self._users.close()
            self._users = None

    def __enter__(self) -> EmbeddedServer:
        return self.start() if self._users is None else self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The database ``strapontin`` as its owner."""
        return self.url_of(OWNER)

    def url_of(self, database: str, *, superuser: bool = False) -> str:
        """A ``postgresql://`` URL of a database, as the owner role or as the server's superuser."""
        if self._pid_file is None:
            raise ValueError("the server was not started")
        passwords = self._cluster.passwords()
        user, password = (SUPERUSER, passwords.superuser) if superuser else (OWNER, passwords.owner)
        port = self._pid_file.port
        if self._tcp:
            return f"postgresql://{user}:{quote(password)}@127.0.0.1:{port}/{quote(database)}"
        where = urlencode({"host": str(self._pid_file.socket_directory)}, quote_via=quote)
        return f"postgresql://{user}:{quote(password)}@/{quote(database)}?{where}"

    @property
    def pid(self) -> int:
        """The postmaster's process number."""
        if self._pid_file is None:
            raise ValueError("the server was not started")
        return self._pid_file.pid

    # --- joining a server that runs ---

    def _join(self) -> PidFile | None:
        """The running server, once it is ready; nothing if none runs. Called with ``start.lock`` held."""
        running = FileLock(self._cluster.root / "running.lock")
        try:
            deadline = time.monotonic() + READY_WITHIN_SECONDS
            while not running.try_acquire():
                found = PidFile.read(self._cluster.data)
                if found and self._answers(found):
                    return found
                if found is None or not _lives(found.pid):
                    if postmaster.sweep(running, self._cluster.marker):
                        return None
                    raise StartError("busy", path=self._cluster.data, seconds=6)
                if time.monotonic() > deadline:
                    raise StartError("busy", path=self._cluster.data, seconds=READY_WITHIN_SECONDS)
                time.sleep(0.05)
            return None
        finally:
            running.close()

    def _answers(self, found: PidFile) -> bool:
        """Whether the server takes our connection, as opposed to starting, stopping or being dead."""
        if not found.ready:
            return False
        before, self._pid_file = self._pid_file, found
        try:
            psycopg.connect(self.url_of("postgres", superuser=True), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                path = self._cluster.root / "passwords.json"
                raise StartError("credentials_lost", path=path, reason="refused by the server") from error
            # Full is not dead: a server that says so answers.
            return "too many" in str(error) or "remaining connection slots" in str(error)
        finally:
            self._pid_file = before
        return True

    # --- starting ---

    def _launch(self) -> PidFile:
        """Start a server on the data, which nothing uses. Called with ``start.lock`` held."""
        installation = self._installation or embedded()
        installation.check()
        if self._cluster.data.exists():
            self._cluster.check_version(installation.major)
        if self._runner is None:
            self._runner, installation = choose_runner(installation, self._cluster.root)
        else:
            installation = self._runner.prepare(installation)
        if not self._cluster.data.exists():
            self._cluster.create(self._runner, installation)
        self._cluster.check_room(START_NEEDS_MB)
        self._cluster.passwords()
        self._cluster.give_to(self._runner.owner)
        offset = self._shorten_log()
        self._child = self._spawn(self._runner, installation, self._socket_directory(self._runner.owner))
        return self._await_ready(self._child, offset)

    def _spawn(self, runner: Runner, installation: Installation, socket_directory: Path) -> subprocess.Popen[bytes]:
        running = FileLock(self._cluster.root / "running.lock")
        try:
            if not running.try_acquire():
                raise StartError("busy", path=self._cluster.data, seconds=0)
            # We alone hold the lock that a living server's processes hold: pid file and socket are a dead server's.
            for stale in (self._cluster.data / "postmaster.pid", *socket_directory.iterdir()):
                stale.unlink(missing_ok=True)
            settings = {
                **self._settings,
                "cluster_name": self._cluster.marker,
                "unix_socket_directories": str(socket_directory),
                "unix_socket_permissions": "0700",
                "listen_addresses": "127.0.0.1" if self._tcp else "",
                "port": str(_free_port() if self._tcp else 5432),
            }
            flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            with runner.seen(self._cluster.data) as (name, fds), self._cluster.log.open("ab") as output:
                command = [str(installation.postgres), "-D", name, *flags]
                # A session of its own: Ctrl-C at the terminal is for us, and we stop it when we are done.
                return runner.popen(command, fds=(*fds, running.fd), output=output, session=True)
        finally:
            running.close()

    def _await_ready(self, child: subprocess.Popen[bytes], log_offset: int) -> PidFile:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise self._cluster.failure(log_offset)
            found = PidFile.read(self._cluster.data)
            if found and found.pid == child.pid and self._answers(found):
                return found
            time.sleep(0.01)
        raise StartError("slow", seconds=READY_WITHIN_SECONDS, log=self._cluster.log)

    def _socket_directory(self, owner: int) -> Path:
        """A directory that only ``owner`` may enter: below home or, where that is too long, elsewhere.

        A killed server's directory is taken again, so that its users find the next one at the same address.
        """
        recorded = self._cluster.root / "socket-directory"
        with contextlib.suppress(OSError):
            directory = Path(recorded.read_text())
            found = directory.lstat()
            if found.st_uid == owner and stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700:
                return directory
        self._remove_socket_directory()
        directory = self._cluster.root / "socket"
        if len(os.fsencode(directory)) > LONGEST_SOCKET_DIRECTORY or owner != os.geteuid():
            directory = Path(tempfile.mkdtemp(prefix="strapontin-"))
        else:
            directory.mkdir(mode=0o700, exist_ok=True)
        recorded.write_text(str(directory))
        os.chown(directory, owner, -1)
        return directory

    def _shorten_log(self) -> int:
        """Keep one old log; the size of the present one."""
        if not self._cluster.log.exists():
            return 0
        size = self._cluster.log.stat().st_size
        if size > LOG_KEPT_BYTES:
            self._cluster.log.rename(self._cluster.log.with_suffix(".log.1"))
            return 0
        return size

    def _provide(self, database: str) -> None:
        """See that the owner role and the database exist; an interrupted first start is completed."""
        with psycopg.connect(self.url_of("postgres", superuser=True), autocommit=True) as connection:
            role = sql.Identifier(OWNER)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
                create = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}")
                connection.execute(create.format(role, sql.Literal(self._cluster.passwords().owner)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), role))

    # --- stopping ---

    def _stop(self) -> None:
        """Stop the server if one runs. Called with ``start.lock`` and ``users.lock`` held alone."""
        running = FileLock(self._cluster.root / "running.lock")
        try:
            if not running.try_acquire():
                found = PidFile.read(self._cluster.data)
                pid = found.pid if found else self._child.pid if self._child else None
                if pid is None or not _lives(pid):
                    postmaster.sweep(running, self._cluster.marker)
                else:
                    postmaster.stop(pid, running, self._cluster.marker)
            if self._child is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._child.wait(timeout=5)
            self._remove_socket_directory()
        finally:
            running.close()

    def _remove_socket_directory(self) -> None:
        recorded = self._cluster.root / "socket-directory"
        with contextlib.suppress(OSError):
            directory = Path(recorded.read_text())
            if directory == self._cluster.root / "socket" or directory.name.startswith("strapontin-"):
                shutil.rmtree(directory, ignore_errors=True)
            recorded.unlink()


def open_server(home: Path) -> EmbeddedServer:
    """Start or join the server of the installation at ``home``; use it as a context or call ``close``."""
    return EmbeddedServer(home).start()


def _lives(pid: int) -> bool:
    """Whether a process runs, zombies excepted: a dead server may stay one where nobody reaps it."""
    postmaster.reap(pid)
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX"
    except OSError:
        pass
    if Path("/proc/self").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
