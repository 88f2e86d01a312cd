"""``strapontin stack-simulator``: a stack for the demo."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

import msgspec

from strapontin.stacks.wazo.simulator.server import StackSimulator


def main(argv: list[str]) -> int:
    """Serve until SIGTERM or SIGINT. Prints ``ready http://…`` when it does; 0, or 1 if it cannot start."""
    parser = argparse.ArgumentParser(prog="strapontin stack-simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (0: a free one)")
    parser.add_argument("--name", default="Simulated stack", help="name of a new stack")
    parser.add_argument("--state", type=Path, help="JSON file the stack lives in; made if absent")
    options = parser.parse_args(argv)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        simulator = StackSimulator(name=options.name, port=options.port, state_file=options.state)
    except (OSError, msgspec.DecodeError) as error:
        print(f"stack-simulator: {error}", file=sys.stderr)
        return 1
    with simulator:
        print(f"ready {simulator.url}", flush=True)
        ended.wait()
    return 0
