"""``strapontin stack-simulator``: a simulated Wazo stack. The simulator reads the arguments itself."""

from __future__ import annotations

import argparse

from strapontin.cli.lifeline import die_with_parent
from strapontin.cli.messages import say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("stack-simulator", help=say("stack_simulator_help"), add_help=False)
    parser.set_defaults(run=run, rest=())


def run(arguments: argparse.Namespace) -> int:
    """Run the simulator."""
    from strapontin.stacks.wazo.simulator.main import main

    die_with_parent()
    return main(arguments.rest)
