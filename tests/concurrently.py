"""Several things at once, each on a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection


def together(*works: Callable[[], object]) -> None:
    """Does all works at once, each on a connection of its own; raises the first error."""
    barrier, errors = Barrier(len(works)), list[BaseException]()

    def work_alone(work: Callable[[], object]) -> None:
        try:
            barrier.wait(30)
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work_alone, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if errors:
        raise errors[0]
