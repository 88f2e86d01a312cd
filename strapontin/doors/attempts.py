"""One request is one transaction, which begins anew if another transaction stood in its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError

from strapontin.access.actors import Actor
from strapontin.access.scope import acting
from strapontin.doors.kept import AnsweredMeanwhileError
from strapontin.kit.database import is_conflict

Result = TypeVar("Result")

ATTEMPTS = 3


def in_one_transaction(actor: Actor, work: Callable[[], Result]) -> Result:
    """Does ``work`` in the actor's scope and commits it.

    Begins anew after a conflict with another transaction and after :class:`AnsweredMeanwhileError`. ``work`` is done
    three times at most. An error of the third attempt is raised.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            with acting(actor):
                return work()
        except AnsweredMeanwhileError:
            continue
        except DatabaseError as error:
            if not is_conflict(error):
                raise
    with acting(actor):
        return work()
