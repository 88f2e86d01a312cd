"""Putting a job into the queue, by its name: who needs the work need not know who does it."""

from __future__ import annotations

from procrastinate.contrib.django import app


def defer(task: str, **arguments: str) -> None:
    """Puts a job into the queue by the current transaction: it begins once that commits, or never.

    ``task`` is the name of a task that some ``tasks`` module of an installed app declares.
    """
    app.configure_task(task).defer(**arguments)
