"""What the pages of a customer's term and life show: small frozen values that a template reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from strapontin.cycles.rules import Span
from strapontin.web.figures.shapes import Effect
from strapontin.web.frame.labels import TypeLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCard:
    """A term one may choose. ``prices`` are empty for who sees no amounts; the sums are ``None`` without seats.

    ``difference`` is what a year costs more than with the present term, negative if less; ``ends_on`` is exclusive.
    """

    months: int
    checked: bool
    present: bool
    planned: bool
    discount: Decimal | None
    prices: Sequence[tuple[TypeLabel, Decimal]]
    currency: str
    ends_on: date
    stub: Span | None = None
    per_year: Decimal | None = None
    difference: Decimal | None = None
    at_once: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A change of a customer that is asked before it is made: what happens, its effect, and the one confirmation.

    ``tick`` is the sentence of the box to be ticked, if there is one. ``effect`` as in the component of that name;
    without ``shows_effect`` there is none to show. ``fields`` go with the confirmation.
    """

    title: str
    sentences: Sequence[str]
    label: str
    style: Literal["primary", "stop"]
    url: str
    tick: str = ""
    shows_effect: bool = False
    effect: Effect | None = None
    partner: str = ""
    unpriced: bool = False
    fields: Sequence[tuple[str, str]] = ()
