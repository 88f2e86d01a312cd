"""Starting PostgreSQL's server program on a cluster that nothing uses."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from strapontin.kit.postgres import socket_directory
from strapontin.kit.postgres.cluster import START_NEEDS_MB, Cluster
from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.installation import Installation, embedded
from strapontin.kit.postgres.locks import FileLock
from strapontin.kit.postgres.postmaster import PidFile
from strapontin.kit.postgres.runners import Runner, choose_runner
from strapontin.kit.postgres.running import RunningServer

READY_SECONDS = 120


@dataclass
class Launcher:
    """Starts the server of a cluster, as often as needed; ``child`` is the last one that it started.

    Without an ``installation`` it is the embedded one. Without a ``runner``, the first one that works is taken.
    ``settings`` go before those in the data directory.
    """

    cluster: Cluster
    installation: Installation | None = None
    runner: Runner | None = None
    tcp: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    child: subprocess.Popen[bytes] | None = None

    def launch(self) -> RunningServer:
        """Start a server and wait until it answers. Called with ``start.lock`` held. Raises ``StartError``."""
        cluster, installation = self.cluster, self.installation or embedded()
        installation.check()
        if cluster.data.exists():
            cluster.check_version(installation.major)
        if self.runner is None:
            self.runner, installation = choose_runner(installation, cluster.root)
        else:
            installation = self.runner.prepare(installation)
        if not cluster.data.exists():
            cluster.create(self.runner, installation)
        cluster.check_room(START_NEEDS_MB)
        # Raises if they are lost.
        cluster.passwords()
        cluster.give_to(self.runner.owner)
        log_offset = cluster.rotate_log()
        self.child = self._spawn(self.runner, installation)
        return self._await_ready(self.child, log_offset)

    def _spawn(self, runner: Runner, installation: Installation) -> subprocess.Popen[bytes]:
        cluster = self.cluster
        # Two homes may lead to one data directory, by a link: a lock of each home would not keep their servers apart.
        with (
            contextlib.closing(FileLock(cluster.running_lock)) as running,
            contextlib.closing(FileLock(cluster.data)) as alone,
        ):
            if not running.try_acquire() or not alone.try_acquire():
                raise StartError("busy", path=cluster.data, seconds=0)
            # A living server would hold the locks: pid file and socket are those of a dead one.
            (cluster.data / "postmaster.pid").unlink(missing_ok=True)
            directory = socket_directory.make(cluster, runner.owner)
            with runner.reach(cluster.data) as (name, fds), cluster.log.open("ab") as output:
                command = [str(installation.postgres), "-D", name, *self._flags(directory)]
                # In a session of its own, Ctrl-C at the terminal does not reach it: we stop it when we are done.
                fds = (*fds, running.fd, alone.fd)
                return runner.popen(command, fds=fds, output=output, session=True)

    def _flags(self, directory: Path) -> list[str]:
        settings = {
            **self.settings,
            "cluster_name": self.cluster.marker,
            "unix_socket_directories": str(directory),
            "unix_socket_permissions": "0700",
            "listen_addresses": "127.0.0.1" if self.tcp else "",
            "port": str(_free_port() if self.tcp else 5432),
        }
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _await_ready(self, child: subprocess.Popen[bytes], log_offset: int) -> RunningServer:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise self.cluster.failure(log_offset)
            pid_file = PidFile.read(self.cluster.data)
            if pid_file and pid_file.pid == child.pid:
                server = RunningServer(self.cluster, pid_file, self.tcp)
                if server.answers():
                    return server
            time.sleep(0.01)
        raise StartError("slow", seconds=READY_SECONDS, log=self.cluster.log)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
