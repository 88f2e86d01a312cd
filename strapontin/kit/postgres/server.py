"""A PostgreSQL server that belongs to an installation and is shared by its processes.

Its processes agree by three locks below ``home/postgres``. The kernel frees a lock when its last holder is gone,
even after kill -9.

* ``users.lock``: every process that uses the server shares it. A process that leaves and gets it alone was the last
  one, and stops the server.
* ``start.lock``: a process holds it alone while it starts, joins, leaves or stops the server.
* ``running.lock``: the server and all its processes inherit it. A process that gets it knows that nothing of an
  earlier server lives, and removes a stale pid file. Process numbers could not tell this: they are used again, they
  stay as zombies in containers, and another container has other ones. The data directory itself is locked along with
  it.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from strapontin.kit.postgres import postmaster, socket_directory
from strapontin.kit.postgres.cluster import Cluster
from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.installation import Installation
from strapontin.kit.postgres.launcher import READY_SECONDS, Launcher
from strapontin.kit.postgres.locks import FileLock, exclusively
from strapontin.kit.postgres.postmaster import SWEEP_SECONDS, PidFile
from strapontin.kit.postgres.runners import Runner
from strapontin.kit.postgres.running import OWNER, RunningServer


class EmbeddedServer:
    """One process's share in the server at ``home``; ``start`` begins it, ``close`` ends it.

    With ``tcp`` the server also listens on a free port of the loopback address, as an outside server would.
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
        self._launcher = Launcher(self._cluster, installation, runner, tcp, settings or {})
        self._users: FileLock | None = None
        self._server: RunningServer | None = None

    def start(self) -> EmbeddedServer:
        """Start the server or join it if it runs. Raises ``StartError``."""
        self._cluster.make()
        with exclusively(self._cluster.start_lock):
            users = FileLock(self._cluster.users_lock)
            users.share()
            try:
                self._server = self._join() or self._launcher.launch()
                self._server.provide_database()
            except BaseException:
                if users.try_acquire():
                    self._stop()
                users.close()
                raise
            self._users = users
        return self

    def ensure_running(self) -> bool:
        """Start the server again if it died under its users; whether it is another one now. Raises ``StartError``.

        Costs little while the server lives, so that a launcher may ask every second.
        """
        if self._launcher.child is not None:
            self._launcher.child.poll()
        if postmaster.lives(self.pid):
            return False
        with exclusively(self._cluster.start_lock):
            previous = self._server
            self._server = self._join() or self._launcher.launch()
            return self._server != previous

    def close(self) -> None:
        """Leave; the last one to leave stops the server and waits until nothing of it is left."""
        if self._users is None:
            return
        with exclusively(self._cluster.start_lock):
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
        return self._started().url(database, superuser=superuser)

    @property
    def pid(self) -> int:
        """The number of the server's main process."""
        return self._started().pid_file.pid

    def _started(self) -> RunningServer:
        if self._server is None:
            raise ValueError("the server was not started")
        return self._server

    def _join(self) -> RunningServer | None:
        """The running server, once it is ready; nothing if none runs. Called with ``start.lock`` held."""
        data, deadline = self._cluster.data, time.monotonic() + READY_SECONDS
        with contextlib.closing(FileLock(self._cluster.running_lock)) as running:
            while not running.try_acquire():
                pid_file = PidFile.read(data)
                server = RunningServer(self._cluster, pid_file, self._launcher.tcp) if pid_file else None
                if server and server.answers():
                    return server
                if pid_file is None or not postmaster.lives(pid_file.pid):
                    if postmaster.sweep(running, self._cluster.marker):
                        return None
                    raise StartError("busy", path=data, seconds=SWEEP_SECONDS)
                if time.monotonic() > deadline:
                    raise StartError("busy", path=data, seconds=READY_SECONDS)
                time.sleep(0.05)
        return None

    def _stop(self) -> None:
        """Stop the server if one runs. Called with ``start.lock`` and ``users.lock`` held alone."""
        child = self._launcher.child
        with contextlib.closing(FileLock(self._cluster.running_lock)) as running:
            if not running.try_acquire():
                pid_file = PidFile.read(self._cluster.data)
                pid = pid_file.pid if pid_file else child.pid if child else None
                postmaster.stop(pid, running, self._cluster.marker)
            if child is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=5)
            socket_directory.remove(self._cluster)


def open_server(home: Path) -> EmbeddedServer:
    """Start or join the server of the installation at ``home``; use it as a context or call ``close``."""
    return EmbeddedServer(home).start()
