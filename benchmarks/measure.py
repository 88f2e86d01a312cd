"""The result of one leg of a round, and the client processes that make its load."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Leg:
    """``claims`` made in ``seconds``. The processes that count used ``cpu_seconds`` for them."""

    claims: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Claims per second by the clock."""
        return self.claims / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        """Milliseconds of processor time per claim."""
        return 1000 * self.cpu_seconds / self.claims


class Clients:
    """Eight processes of a client module. They stay connected for all rounds, and idle between their legs."""

    def __init__(self, module: str, environment: Mapping[str, str], arguments: Sequence[str] = ()) -> None:
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", module, str(number), *arguments],
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(CLIENTS)
        ]
        for process in self._processes:
            self._line(process)

    def run(self, seconds: float) -> Leg:
        """Let all of them claim for ``seconds``. The ``cpu_seconds`` of the result are those of the clients."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{seconds}\n")
            process.stdin.flush()
        answers = [json.loads(self._line(process)) for process in self._processes]
        return Leg(
            claims=sum(answer["claims"] for answer in answers),
            seconds=max(answer["seconds"] for answer in answers),
            cpu_seconds=sum(answer["cpu_seconds"] for answer in answers),
        )

    def __enter__(self) -> Clients:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    @staticmethod
    def _line(process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("a client of the benchmark ended; see its error above")
        return line
