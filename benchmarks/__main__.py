"""``make bench``: one table, each figure beside its limit, measured in the same interleaved run."""

from __future__ import annotations

import argparse
import contextlib
import sys
from statistics import median

from benchmarks import legs
from benchmarks.ground import SITES, Ground, claimed, open_ground
from benchmarks.machine import facts
from benchmarks.measure import Leg

WARM_UP_SECONDS = 2.0


def main() -> int:
    """Measure and print; 0 if every figure reaches its target (SPEC 12)."""
    arguments = _arguments()
    with open_ground() as ground:
        head = facts(ground)
        rounds = _measure(ground, arguments)
        counts = claimed(ground)
    if len(set(counts)) != 1:
        raise RuntimeError(f"balances, totals, users, events and journal disagree: {counts}")
    rows = _rows(rounds)
    _print(head, rows, rounds, counts[0] - SITES)
    return 0 if all(row.ratio >= row.target for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="five rounds of two seconds, to see that it works")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=6, help="how long each leg of a round takes")
    parser.add_argument("--only", choices=["operation", "rest"], help="measure only this, beside the limit")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 5, 2
    return arguments


def _measure(ground: Ground, arguments: argparse.Namespace) -> list[dict[str, Leg]]:
    ways = {"limit": legs.limit, "operation": legs.operation, "rest": legs.rest}
    if arguments.only:
        ways = {name: way for name, way in ways.items() if name in ("limit", arguments.only)}
    with contextlib.ExitStack() as stack:
        measures = {name: stack.enter_context(way(ground)) for name, way in ways.items()}
        for measure in measures.values():
            measure(WARM_UP_SECONDS)
        rounds: list[dict[str, Leg]] = []
        for number in range(arguments.rounds):
            if sys.stderr.isatty():
                print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            rounds.append({name: measure(arguments.seconds) for name, measure in measures.items()})
    return rounds


class Row:
    """A line of the table: the figure of a way, that of the limit, and how much of the limit is reached."""

    def __init__(self, name: str, way: str, unit: str, target: float, rounds: list[dict[str, Leg]]) -> None:
        self.name, self.unit, self.target = name, unit, target
        pairs = [(_figure(legs[way], unit), _figure(legs["limit"], unit)) for legs in rounds]
        self.figure = median(figure for figure, _ in pairs)
        self.limit = median(limit for _, limit in pairs)
        # Less processor time is better, so its ratio is turned over: each ratio says how much of the limit is reached.
        self.ratios = sorted(limit / figure if unit == "ms CPU" else figure / limit for figure, limit in pairs)
        self.ratio = median(self.ratios)


def _figure(leg: Leg, unit: str) -> float:
    return leg.cpu_milliseconds if unit == "ms CPU" else leg.per_second


def _rows(rounds: list[dict[str, Leg]]) -> list[Row]:
    lines = [
        ("seat claim by the operation", "operation", "claims/s", 0.8),
        ("seat claim by REST", "rest", "ms CPU", 0.3),
        ("– the operation by CPU", "operation", "ms CPU", 0.0),
        ("– REST by the clock", "rest", "claims/s", 0.0),
    ]
    return [Row(name, way, unit, target, rounds) for name, way, unit, target in lines if way in rounds[0]]


def _print(head: list[str], rows: list[Row], rounds: list[dict[str, Leg]], claims: int) -> None:
    print("\n".join(head))
    print(f"{len(rounds)} interleaved rounds, 8 clients, 10,000 sites, {claims:,} claims in all, each durable\n")
    print("| what | figure | pgbench, one CTE | reached (median) | of all rounds | target |")
    print("|---|---:|---:|---:|---:|---:|")
    for row in rows:
        digits = 2 if row.unit == "ms CPU" else 0
        figure, limit = (f"{value:,.{digits}f} {row.unit}" for value in (row.figure, row.limit))
        target = f"≥ {row.target}" if row.target else ""
        spread = f"{row.ratios[0]:.2f} – {row.ratios[-1]:.2f}"
        print(f"| {row.name} | {figure} | {limit} | **{row.ratio:.2f}** | {spread} | {target} |")


if __name__ == "__main__":
    sys.exit(main())
