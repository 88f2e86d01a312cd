"""Fixtures of more than one module of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.servers import Database
    from tests.stack_stories import Story


@pytest.fixture
def story(db: Database) -> Iterator[Story]:
    """A customer with one site on a simulated stack."""
    # Django is set up after conftest modules have been imported.
    from tests.stack_stories import beginning

    with beginning() as story:
        yield story
