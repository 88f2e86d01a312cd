"""The processes that ``strapontin up`` starts. It watches them, starts them again, and ends them when it ends."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from strapontin.cli.lifeline import PARENT
from strapontin.cli.messages import Refused, say

STOP_SECONDS = 8.0
LOG_KEPT_BYTES = 10 * 2**20
# A child that ends this often within this time is not started again: it would only end once more.
ENDS_ALLOWED, WITHIN_SECONDS = 4, 60.0
# What a person at the terminal should see.
IMPORTANT = re.compile(rb"\b(ERROR|CRITICAL|FATAL)\b|^[\w.]*(Error|Exception)\b")


@dataclass
class Child:
    """One process. ``arguments`` follow ``strapontin`` on its command line; what it prints goes to ``log``.

    ``variables`` are those of its environment that differ from ours.

    ``ends`` are the times of its last ends and ``starts_at`` that of its next start, by the monotonic clock. ``_read``
    is how many bytes of its log were read, ``_told`` are the lines that the person at the terminal has seen.
    """

    name: str
    arguments: Sequence[str]
    log: Path
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    ends: list[float] = field(default_factory=list)
    starts_at: float = 0.0
    _read: int = 0
    _told: set[str] = field(default_factory=set)

    def start(self) -> None:
        """Start the process in a group of its own: Ctrl-C at the terminal reaches only us."""
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.rename(self.log.with_suffix(".log.1"))
        environment = os.environ | {PARENT: str(os.getpid()), "PYTHONUNBUFFERED": "1"} | self.variables
        with self.log.open("ab") as output:
            self._read = output.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "strapontin.cli.main", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    def important_lines(self) -> list[str]:
        """The important lines that it printed since the last call; each line only once in its life."""
        with self.log.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        lines = [line.decode(errors="replace") for line in whole.splitlines() if IMPORTANT.search(line)]
        new_lines = [line for line in dict.fromkeys(lines) if line not in self._told]
        self._told.update(new_lines)
        return new_lines

    def last_words(self) -> str:
        """The last error in the log; its last line if there is no error."""
        lines = self.log.read_bytes()[-20_000:].strip().splitlines() or [b"?"]
        errors = [line for line in lines if IMPORTANT.search(line)]
        return (errors or lines)[-1].decode(errors="replace").strip()

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and to all that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class Children:
    """All child processes. Call ``watch`` a few times a second, and ``stop`` once at the end."""

    def __init__(self, directory: Path, tell: Callable[[str], None]) -> None:
        self._directory = directory
        self._tell = tell
        self._children: list[Child] = []

    def start(self, name: str, *arguments: str, **variables: str) -> Child:
        """Start ``strapontin <arguments>`` under ``name``, with these variables in its environment."""
        child = Child(name, arguments, self._directory / f"{name}.log", variables)
        self._children.append(child)
        child.start()
        return child

    def watch(self, *, starting: bool = False) -> None:
        """Tell important lines, and start again what ended. Raises ``Refused`` (``child_failed``) if it ends too often.

        While ``starting``, no child may end at all.
        """
        for child in self._children:
            for line in child.important_lines():
                self._tell(f"{child.name}: {line}")
            if child.process is not None and child.process.poll() is not None:
                self._note_end(child, child.process.returncode, allowed=1 if starting else ENDS_ALLOWED)
            if child.process is None and time.monotonic() >= child.starts_at:
                child.start()

    def _note_end(self, child: Child, code: int, *, allowed: int) -> None:
        # Its own children may still hold its port.
        child.signal_group(signal.SIGKILL)
        child.process = None
        now = time.monotonic()
        child.ends = [*(end for end in child.ends if now - end < WITHIN_SECONDS), now]
        how = say("exit_signal", signal=-code) if code < 0 else say("exit_code", code=code)
        if len(child.ends) >= allowed:
            raise Refused("child_failed", name=child.name, how=how, reason=child.last_words(), log=child.log)
        pause_seconds = 0.5 * 2 ** len(child.ends)
        child.starts_at = now + pause_seconds
        self._tell(say("child_restarted", name=child.name, how=how, seconds=pause_seconds, log=child.log))

    def stop(self) -> None:
        """End all children and what they started: by SIGTERM and, after ``STOP_SECONDS``, by SIGKILL."""
        for child in self._children:
            child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        for child in self._children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
