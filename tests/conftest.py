"""Installations furnished for the tests of this folder and of those below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

# This file is read before Django is set up (tests/ground.py): what needs models is imported by the fixtures.
if TYPE_CHECKING:
    from pathlib import Path

    from tests.cast import Cast, Stage
    from tests.servers import Database
    from tests.stack_stories import Story


@pytest.fixture
def stage(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An empty installation with a provider."""
    from tests.cast import Stage

    monkeypatch.setenv("STRAPONTIN_HOME", str(tmp_path))
    return Stage(db)


@pytest.fixture
def cast(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """An installation with the fixed people in it."""
    from tests.cast import Cast

    monkeypatch.setenv("STRAPONTIN_HOME", str(tmp_path))
    return Cast(db)


@pytest.fixture
def story(db: Database) -> Iterator[Story]:
    """A customer with one site on a simulated stack."""
    from tests.stack_stories import beginning

    with beginning() as story:
        yield story
