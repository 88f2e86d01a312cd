"""``strapontin up``: the whole portal with one command, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import time

import urllib3

from strapontin.cli import demo_data, demo_fence
from strapontin.cli.children import Child, Children
from strapontin.cli.environment import Environment, cookies_are_slow, flag, prepare
from strapontin.cli.exposure import check_tls
from strapontin.cli.lifeline import die_with_parent
from strapontin.cli.messages import Refused, language, say
from strapontin.cli.migrate import migrate
from strapontin.cli.web import Address, check_free, listen_address, worker_count
from strapontin.cli.worker import concurrency

READY_SECONDS = 60


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    subparsers.add_parser("up", help=say("up_help")).set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Start everything, watch it, and end it at Ctrl-C."""
    die_with_parent()
    address = listen_address()
    wants_demo = demo_fence.is_wanted()
    check_tls(plain_http=flag("PLAIN_HTTP", default=False))
    # Settings that cannot work are refused before anything starts.
    check_free(address)
    worker_count()
    concurrency()
    try:
        with prepare(migrated=False) as environment:
            _tell_where(environment)
            children = Children(environment.home / "log", _tell)
            try:
                _serve(environment, children, address, wants_demo=wants_demo)
            finally:
                # Another Ctrl-C would interrupt the end of the children and leave some behind.
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                children.stop()
    except KeyboardInterrupt:
        return 0
    return 0


def _serve(environment: Environment, children: Children, address: Address, *, wants_demo: bool) -> None:
    migrate(environment)
    demo_fence.check(environment.url, wanted=wants_demo)
    sign_ins = _demo(environment, children) if wants_demo else []
    web = children.start("web", "web", DATABASE_URL=environment.url_for("web"), DATABASE_OWNER_URL="")
    _await_answer(children, web, address)
    _tell(f"ready {address.url}")
    # The worker starts last: a person waits for the first page, nobody for the first job.
    children.start("worker", "worker", DATABASE_URL=environment.url_for("jobs"), DATABASE_OWNER_URL="")
    if sign_ins:
        _tell(say("sign_ins"))
        for line in sign_ins:
            _tell(f"  {line}")
    _tell(say("stop_hint", path=environment.home / "log"))
    _watch(environment, children)


def _watch(environment: Environment, children: Children) -> None:
    """Keep everything running until Ctrl-C. Raises ``Refused`` (``child_failed``) if a child ends too often."""
    rounds = 0
    while True:
        time.sleep(0.25)
        rounds += 1
        children.watch()
        if rounds % 4 == 0 and environment.server is not None and environment.server.ensure_running():
            _tell(say("server_restarted"))


def _demo(environment: Environment, children: Children) -> list[str]:
    """Build the demo in an empty database and start its stacks; the lines to print about signing in."""
    state = demo_data.demo_state(environment.url)
    if state == "none" and not demo_data.is_empty():
        return []
    from strapontin.demo.build import sign_ins
    from strapontin.demo.stacks import simulators

    if state == "unfinished":
        _tell(say("demo_begun_again"))
    if state != "finished":
        demo_data.begin(environment.url)
    for number, arguments in enumerate(simulators(environment.home), start=1):
        children.start(f"stack-{number}", "stack-simulator", *arguments, DATABASE_URL="", DATABASE_OWNER_URL="")
    if state != "finished":
        _tell(say("building_demo"))
        demo_data.build(environment)
    # By this the web server knows that its sign-in page shows the demo's sign-ins.
    os.environ["STRAPONTIN_DEMO_SIGN_INS"] = "1"
    return sign_ins(language())


def _await_answer(children: Children, web: Child, address: Address) -> None:
    """Wait until the portal answers a request. Raises ``Refused`` (``not_ready``, ``child_failed``)."""
    deadline = time.monotonic() + READY_SECONDS
    reason = "?"
    while time.monotonic() < deadline:
        children.watch(starting=True)
        try:
            response = urllib3.request(
                "GET", address.url, headers={"Host": allowed_host()}, retries=False, timeout=10, redirect=False
            )
            if response.status < 500:
                return
            reason = f"HTTP {response.status}"
        except urllib3.exceptions.HTTPError:
            reason = web.last_words()
        time.sleep(0.05)
    raise Refused("not_ready", seconds=READY_SECONDS, reason=reason, log=web.log)


def allowed_host() -> str:
    """A ``Host`` that the portal answers; ``ALLOWED_HOSTS`` may leave out the address of this machine."""
    from django.conf import settings

    name = str(settings.ALLOWED_HOSTS[0]).strip() if settings.ALLOWED_HOSTS else ""
    return "localhost" if name in ("", "*") else name.removeprefix(".")


def _tell_where(environment: Environment) -> None:
    _tell(say("data_in", path=environment.home))
    facts = environment.facts
    code = "server_embedded" if environment.server else "server_outside"
    _tell(say(code, version=facts.version, host=facts.host))
    if cookies_are_slow():
        _tell(say("check_cookies", version=platform.python_version()))


def _tell(line: str) -> None:
    print(line, file=sys.stdout, flush=True)
