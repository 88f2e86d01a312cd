"""``strapontin demo``: builds the demo in an empty database, or prints who can sign in to it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from strapontin.cli import demo_data
from strapontin.cli.environment import Environment, prepare
from strapontin.cli.messages import Refused, language, say
from strapontin.cli.migrate import seed


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
    from strapontin.demo.build import build_demo

    if demo_data.demo_state(environment.url) == "unfinished":
        demo_data.clear_unfinished(environment.url)
        seed()
    if not demo_data.is_empty():
        raise Refused("demo_elsewhere")
    demo_data.note_state(environment.url, "unfinished")
    print(say("building_demo"), file=sys.stderr)
    build_demo(home=environment.home, at=datetime.now(UTC))
    demo_data.note_state(environment.url, "finished")


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
