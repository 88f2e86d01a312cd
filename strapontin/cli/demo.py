"""``strapontin demo``: builds the demo in an empty database, or prints who can sign in to it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from strapontin.cli import demo_data
from strapontin.cli.environment import Environment, prepare
from strapontin.cli.messages import Refused, language, say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("demo", help=say("demo_help"))
    parser.add_argument("--check", action="store_true", help=say("demo_check_help"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build the demo if it is not there. With ``--check``: 1 if the demo is not as it should be."""
    with prepare() as environment:
        if demo_data.demo_state(environment.url) != "finished":
            _build(environment)
        return _check() if arguments.check else _print_sign_ins()


def _build(environment: Environment) -> None:
    if demo_data.demo_state(environment.url) == "none" and not demo_data.is_empty():
        raise Refused("demo_elsewhere")
    demo_data.begin(environment.url)
    print(say("building_demo"), file=sys.stderr)
    demo_data.build(environment)


def _check() -> int:
    from strapontin.demo.check import faults

    problems = faults(at=datetime.now(UTC))
    for problem in problems:
        print(f"✗ {problem}")
    if not problems:
        print(say("demo_sound"))
    return 1 if problems else 0


def _print_sign_ins() -> int:
    from strapontin.demo.build import sign_ins

    print(say("sign_ins"))
    for line in sign_ins(language()):
        print(f"  {line}")
    return 0
