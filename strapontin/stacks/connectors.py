"""The connector for each kind of stack."""

from __future__ import annotations

from pathlib import Path

from strapontin.stacks.base import Clock, Connector, StackAccess, StackKind, Timeouts, TokenStore
from strapontin.stacks.csvfile.connector import CsvConnector
from strapontin.stacks.wazo.connector import WazoConnector


def connector_for(
    kind: StackKind,
    access: StackAccess,
    tokens: TokenStore,
    clock: Clock,
    *,
    timeouts: Timeouts | None = None,
    csv_root: Path | None = None,
) -> Connector:
    """The connector of a stack of this kind; nothing is asked of the stack yet.

    ``clock`` gives real time (aware) even on a sandbox: a stack's tokens do not expire by a sandbox clock.
    ``csv_root`` is the directory outside of which a "csv" stack may not read; none allows every file.
    """
    if kind == "wazo":
        return WazoConnector(access, tokens=tokens, clock=clock, timeouts=timeouts or Timeouts())
    return CsvConnector(access, root=csv_root)
