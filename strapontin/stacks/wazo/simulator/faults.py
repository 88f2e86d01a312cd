"""What can go wrong with a stack, for tests to switch on and off while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Fault:
    """Spoils the requests of ``method`` (None: any) whose target contains ``path``.

    It does so ``times`` times (None: always). ``wait_before`` and ``wait_after`` are seconds around the
    treatment: after it, what was asked has happened. ``status`` or ``body`` replace treatment and answer;
    ``cut_at`` ends the connection after so many bytes of the body; ``hang_up`` ends it before the answer;
    ``drip_seconds`` pass between any two bytes of the body.
    """

    path: str = ""
    method: str | None = None
    times: int | None = None
    wait_before: float = 0.0
    wait_after: float = 0.0
    status: int | None = None
    body: bytes | None = None
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    cut_at: int | None = None
    hang_up: bool = False
    drip_seconds: float = 0.0

    def takes(self, method: str, target: str) -> bool:
        """Whether this request is to be spoilt; counts it."""
        if self.times == 0 or self.path not in target or self.method not in (None, method):
            return False
        if self.times is not None:
            self.times -= 1
        return True

    @property
    def replaces(self) -> bool:
        return self.status is not None or self.body is not None
