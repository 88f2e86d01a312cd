"""The stage and the fixed people, for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cast import Cast, Stage
    from tests.servers import Database


@pytest.fixture
def stage(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An empty installation with a provider."""
    # Imported late: Django is set up by then.
    from tests.cast import Stage

    monkeypatch.setenv("STRAPONTIN_HOME", str(tmp_path))
    return Stage(db)


@pytest.fixture
def cast(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """An installation with the fixed people in it."""
    from tests.cast import Cast

    monkeypatch.setenv("STRAPONTIN_HOME", str(tmp_path))
    return Cast(db)
