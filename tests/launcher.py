"""The command line as a person or a program runs it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import urllib3

from strapontin.kit.postgres.cluster import Cluster
from strapontin.kit.postgres.postmaster import processes
from tests.processes import free_port
from tests.servers import REPOSITORY

COMMAND = [sys.executable, "-P", "-m", "strapontin.cli.main"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """A user's environment: nothing of the tests' own."""
    ours = {
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "STRAPONTIN_SECRET_KEY",
        "STRAPONTIN_TESTING",
        "SANDBOX",
        "DJANGO_SETTINGS_MODULE",
    }
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    settings = {"STRAPONTIN_HOME": str(home), "DEMO": "0", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(REPOSITORY)}
    return kept | settings | more


def strapontin(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], env=environment(home, **more), capture_output=True, text=True, check=False
    )


def refusal(home: Path, *arguments: str, **more: str) -> str:
    """What a refused command says: one line, exit code 2, within seconds, nothing left behind."""
    began = time.monotonic()
    done = strapontin(home, *arguments, **more)
    assert time.monotonic() - began < 15, "at most four seconds on an idle machine; a pool would wait for thirty"
    assert done.returncode == 2, done
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not left_of(home)
    return done.stderr


def left_of(home: Path) -> set[int]:
    """The processes that belong to a home: ours have its name in their environment, PostgreSQL's a marker."""
    wanted = f"STRAPONTIN_HOME={home}\0".encode()
    found = set(processes(Cluster(home).marker))
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (directory / "environ").read_bytes():
                found.add(int(directory.name))
        except OSError:
            continue
    return found


def kill(pids: set[int]) -> None:
    """kill -9, all of them; some die with another."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Portal:
    """``strapontin up`` as a person runs it at a terminal."""

    def __init__(self, home: Path, *, await_ready: bool = True, **more: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*COMMAND, "up"],
            env=environment(home, PORT=str(self.port), **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        if await_ready:
            self.wait_for(f"ready {self.url}")

    def wait_for(self, start: str) -> str:
        """Read on until a line that starts so; who has not said it after two minutes is ended."""
        assert self.process.stdout is not None
        patience = threading.Timer(120, self.process.kill)
        patience.start()
        try:
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                if line.startswith(start):
                    return line.rstrip()
        finally:
            patience.cancel()
        raise AssertionError(f"ended without “{start}”:\n" + "\n".join(self.lines))

    def status(self) -> int:
        """The status of an answer, whatever it is."""
        return urllib3.request("GET", self.url, retries=False, timeout=10, redirect=False).status

    def pid_of(self, *words: str) -> int:
        """The launcher's own child whose command line has these words; its children have the same."""
        for pid in left_of(self.home):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            if parent == self.process.pid and command[-1 - len(words) : -1] == list(words):
                return pid
        raise LookupError(words)

    def end(self, how: int = signal.SIGINT) -> None:
        """As Ctrl-C does: the signal goes to everything in the terminal's foreground."""
        began = time.monotonic()
        os.killpg(self.process.pid, how)
        self.process.wait(timeout=20)
        assert time.monotonic() - began < 15
