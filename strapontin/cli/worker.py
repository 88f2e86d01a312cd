"""``strapontin worker``: does the background work."""

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
    """How many jobs at a time: ``WORKER_CONCURRENCY`` (2). Raises ``Refused`` (``number_invalid``)."""
    return number("WORKER_CONCURRENCY", default=2, highest=64)


def run(_arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT. Running jobs get five seconds to end."""
    die_with_parent()
    jobs_at_a_time = concurrency()
    with prepare():
        from django.conf import settings
        from django.db import connections
        from procrastinate import PsycopgConnector
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.utils import connector_params

        # The worker reads the queue as the worker's role. A job uses Django's connection: so the jobs that it puts into
        # the queue belong to its transaction. Between jobs, that connection has the request role. It sees no rows
        # without a scope, and it may put the periodic jobs into the queue.
        roles = settings.DATABASE_ROLES
        connections["default"].settings_dict["OPTIONS"]["options"] = f"-c role={roles.request}"
        queue = connector_params("default") | {"options": f"-c role={roles.worker}"}
        connector = PsycopgConnector(kwargs=queue, min_size=1, max_size=4)
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        app.with_connector(connector).run_worker(
            name="strapontin",
            concurrency=jobs_at_a_time,
            shutdown_graceful_timeout=5,
            delete_jobs="successful",
        )
    return 0
