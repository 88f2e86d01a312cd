"""Seats of the domain as the screens show them: figures by type, and the charts of twelve months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from strapontin.allocations import queries as domain
from strapontin.customers.months import MonthOfType
from strapontin.web.figures.shapes import ChartOfType, Figures, Month
from strapontin.web.frame.labels import TypeLabel, Types, all_types


def of_type(figures: domain.Figures, types: Types) -> Figures:
    """The figures of one type."""
    return _named(types[figures.type_code], figures)


def of_types(seats: Iterable[domain.Figures], types: Types, *, above: bool = False) -> list[Figures]:
    """One cell per type, in the order of the types; zeros if there are none.

    ``over`` counts a cell's own seats above the allocation; with ``above``, those of the places below it.
    """
    by_code = {figures.type_code: figures for figures in seats}
    return [_named(label, by_code.get(label.code) or domain.Figures(label.code), above=above) for label in types]


def full_types(cells: Iterable[Figures]) -> list[TypeLabel]:
    """Every type of which some site is full; its state names them all."""
    return [figures.type for figures in cells if figures.full_sites]


def over_all(seats: Iterable[domain.Figures]) -> Figures:
    """The sum over every type."""
    total = domain.Figures("")
    for figures in seats:
        total += figures
    return _named(all_types(), total)


def _named(label: TypeLabel, figures: domain.Figures, *, above: bool = False) -> Figures:
    return Figures(
        type=label,
        allocated=figures.allocated,
        used=figures.used,
        remaining=figures.remaining,
        next_cycle=figures.next_cycle,
        over=figures.over if above else max(0, figures.used - figures.allocated),
        full_sites=figures.full_sites,
    )


def charts_of_types(months: Iterable[MonthOfType], ends: Iterable[date], types: Types) -> list[ChartOfType]:
    """Twelve months per type; a month that nobody closed had no seats. Empty if there is nothing to draw."""
    by_place = {(month.type_code, month.day): Month(month.day, month.allocated, month.used) for month in months}
    days = list(ends)
    charts = [
        ChartOfType(label, [by_place.get((label.code, day)) or Month(day, 0, 0) for day in days]) for label in types
    ]
    return charts if any(month.allocated or month.used for chart in charts for month in chart.months) else []
