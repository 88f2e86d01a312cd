"""The command line: ``strapontin up``, ``strapontin doctor`` and the others.

A command is a module with ``add_parser(subparsers)`` and ``run(arguments) -> int``. It imports Django only when it
runs. ``COMMANDS`` lists these modules.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from types import FrameType

from strapontin.cli.messages import Refused, say
from strapontin.kit.postgres import StartError

COMMANDS = (
    "strapontin.cli.up",
    "strapontin.cli.web",
    "strapontin.cli.worker",
    "strapontin.cli.migrate",
    "strapontin.cli.demo",
    "strapontin.cli.api_key",
    "strapontin.cli.invite",
    "strapontin.cli.second_factor",
    "strapontin.cli.doctor",
    "strapontin.cli.stack_simulator",
)

REFUSED = 2
INTERRUPTED = 130


class Terminated(KeyboardInterrupt):
    """SIGTERM or the end of the terminal, passed on as Ctrl-C so that every ``finally`` runs."""


def main(argv: list[str] | None = None) -> int:
    """Run one command. Answers its exit code: 0 done, 1 failed, 2 refused with a sentence, 130 interrupted."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest and not hasattr(arguments, "rest"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it ignored
            signal.signal(number, _terminate)
    try:
        code: int = arguments.run(arguments)
    except (Refused, StartError) as refusal:
        print(f"strapontin: {say(refusal.code, **refusal.details)}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="strapontin", description=say("about"))
    subparsers = parser.add_subparsers(required=True, metavar=say("command"))
    for name in COMMANDS:
        module = importlib.import_module(name)
        module.add_parser(subparsers)
    return parser


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated


if __name__ == "__main__":
    sys.exit(main())
