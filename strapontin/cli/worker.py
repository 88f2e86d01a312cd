"""``strapontin worker``: the background work."""

from __future__ import annotations

import argparse
import logging

from strapontin.cli.environment import number, prepare
from strapontin.cli.lifeline import die_with_parent
from strapontin.cli.messages import say


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    subparsers.add_parser("worker", help=say("worker_help")).set_defaults(run=run)


def concurrency() -> int:
    """How many jobs at a time: ``WORKER_CONCURRENCY`` (2); raises ``Refused`` (``number_invalid``)."""
    return number("WORKER_CONCURRENCY", default=2, highest=64)


def run(_arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; running jobs get a few seconds to end."""
    die_with_parent()
    at_a_time = concurrency()
    with prepare():
        from django.conf import settings
        from django.db import connections
        from procrastinate import PsycopgConnector
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.utils import connector_params

        # The queue is read as the role that owns its tables; the jobs themselves use Django's connections, as
        # every door does, so that what they put into the queue belongs to their transaction. Between jobs these
        # rest in the request role, which sees no rows without a scope but may put the periodic jobs into the queue.
        connections["default"].settings_dict["OPTIONS"]["options"] = f"-c role={settings.DATABASE_ROLES.request}"
        connector = PsycopgConnector(kwargs=connector_params("owner"), min_size=1, max_size=4)
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        app.with_connector(connector).run_worker(
            name="strapontin",
            concurrency=at_a_time,
            shutdown_graceful_timeout=5,
            delete_jobs="successful",
        )
    return 0
