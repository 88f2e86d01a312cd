"""What was not the same here and on a stack.

A reading of a stack keeps these values as JSON, with the names: people look at them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class UnknownUser:
    """A user of the stack whom the portal did not know: a seat more."""

    name: str
    email: str
    type: str


@dataclass(frozen=True, slots=True)
class VanishedUser:
    """A user of the portal who is no longer on the stack: a seat less."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class AbsentUser:
    """A user of the portal whom the stack has never shown: not on the stack yet. The user keeps the seat."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A user with one value in the portal and another one on the stack."""

    name: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Differences:
    """All differences of one reading. ``other_email`` holds e-mail addresses, ``other_type`` type codes,
    ``other_name`` full names, ``other_enabled`` "enabled" or "disabled".

    The type of a user on the stack is the stack's number if no code stands for it.
    """

    unknown: list[UnknownUser] = field(default_factory=list)
    vanished: list[VanishedUser] = field(default_factory=list)
    other_type: list[Mismatch] = field(default_factory=list)
    other_email: list[Mismatch] = field(default_factory=list)
    other_name: list[Mismatch] = field(default_factory=list)
    other_enabled: list[Mismatch] = field(default_factory=list)
    absent: list[AbsentUser] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many users differ, by kind of difference."""
        return {kind.name: len(getattr(self, kind.name)) for kind in fields(self)}
