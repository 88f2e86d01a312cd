"""Puts a job into the queue by its name: a room need not import the task that does the work."""

from __future__ import annotations

from procrastinate.contrib.django import app


def defer(task: str, **arguments: str | int) -> None:
    """Puts a job into the queue, in the current transaction. The worker takes it after the commit, if there is one.

    ``task`` is the name that a ``tasks`` module of an installed app gives to its task.
    """
    app.configure_task(task, allow_unknown=False).defer(**arguments)
