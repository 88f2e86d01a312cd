"""``strapontin worker``: does the background work."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from collections.abc import Set
from typing import TYPE_CHECKING

from strapontin.cli.environment import number, prepare
from strapontin.cli.lifeline import die_with_parent
from strapontin.cli.messages import say

if TYPE_CHECKING:
    from procrastinate import App


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
        connector = PsycopgConnector(kwargs=queue, min_size=1, max_size=6)
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        asyncio.run(_work(app.with_connector(connector), jobs_at_a_time))
    return 0


async def _work(app: App, jobs_at_a_time: int) -> None:
    """Run a worker for each lane until a signal comes."""
    async with app.open_async():
        lanes = lanes_of({task.queue for task in app.tasks.values()}, jobs_at_a_time)
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=sorted(queues),
                    name="strapontin",
                    concurrency=jobs,
                    shutdown_graceful_timeout=5,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )
            )
            for queues, jobs in lanes
        ]

        def stop() -> None:
            for worker in workers:
                worker.cancel()

        for number_of_signal in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number_of_signal, stop)
        # If one ends by a fault, the others end too: the whole process is started anew.
        ended, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        stop()
        await asyncio.gather(*workers, return_exceptions=True)
        for worker in ended:
            if not worker.cancelled() and (error := worker.exception()):
                raise error


def lanes_of(queues: Set[str], jobs_at_a_time: int) -> list[tuple[Set[str], int]]:
    """The queues that share a lane, and how many jobs run in it at a time.

    Calls to stacks have a lane of their own. A stack that does not answer keeps no bill and no e-mail waiting.
    """
    at_stacks = max(1, jobs_at_a_time // 2)
    return [(queues & {"stacks"}, at_stacks), (queues - {"stacks"}, max(1, jobs_at_a_time - at_stacks))]
