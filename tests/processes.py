"""Programs that tests start: the product's web server, and where the browser is."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import urllib3


def free_port() -> int:
    """A port of the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_chromium() -> Path | None:
    """Debian's Chromium, or whatever goes by such a name."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    return None


class LiveServer:
    """The product's web server as a process of its own; ``url`` has no slash at the end."""

    def __init__(self, directory: Path, database_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = directory / "web.log"
        variables = {"DATABASE_URL": database_url, "DATABASE_OWNER_URL": "", "STRAPONTIN_HOME": str(directory)}
        self._environment = os.environ | variables
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> LiveServer:
        script = f"from strapontin.cli.web import Address, serve; serve(Address('127.0.0.1', {self.port}), 1)"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", script],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._await_answer(self._process)
        return self

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            try:
                urllib3.request("GET", self.url, retries=False, timeout=5, redirect=False)
                return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        self.__exit__(None, None, None)
        raise RuntimeError(f"the web server does not answer:\n{self.log.read_text()}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
