"""From the figures of the domain to those of the screens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from strapontin.allocations import queries as domain
from strapontin.web import shapes as s
from strapontin.web.frame.labels import Types, all_types


def of_type(figures: domain.Figures, types: Types) -> s.Figures:
    """The figures of one type."""
    return _named(types[figures.type_code], figures)


def of_types(found: Iterable[domain.Figures], types: Types, *, above: bool = False) -> list[s.Figures]:
    """One cell per type, in the order of the types; zeros where there are none.

    A cell is above its allocation where its own figures are; ``above`` counts the places below it that are.
    """
    by_code = {figures.type_code: figures for figures in found}
    return [_named(label, by_code.get(label.code) or domain.Figures(label.code), above=above) for label in types]


def over_all(found: Iterable[domain.Figures]) -> s.Figures:
    """The sum over every type."""
    total = domain.Figures("")
    for figures in found:
        total += figures
    return _named(all_types(), total)


def _named(label: s.TypeLabel, figures: domain.Figures, *, above: bool = False) -> s.Figures:
    return s.Figures(
        type=label,
        allocated=figures.allocated,
        used=figures.used,
        remaining=figures.remaining,
        next_cycle=figures.next_cycle,
        over=figures.over if above else max(0, figures.used - figures.allocated),
    )


def charts(months: Iterable[Mapping[str, Any]], ends: Iterable[date], types: Types) -> list[s.ChartOfType]:
    """Twelve months per type; a month nobody closed had no seats. Empty where there is nothing to draw."""
    by_place = {(found["type_code"], found["day"]): found for found in months}
    days = list(ends)
    drawn = []
    for label in types:
        columns = []
        for day in days:
            found = by_place.get((label.code, day), {})
            columns.append(s.Month(day, found.get("allocated", 0), found.get("used", 0)))
        drawn.append(s.ChartOfType(label, columns))
    return drawn if any(m.allocated or m.used for each in drawn for m in each.months) else []
