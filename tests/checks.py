"""Promises that no linter knows: every model has its migrations, every sentence its French, nothing is too long.

Run by ``make check``; needs no database.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tests import sizes

PRODUCT = Path(__file__).resolve().parent.parent / "strapontin"


def main() -> int:
    """Print what is missing or too long; 1 if anything is."""
    set_up_django()
    from strapontin.web import translations

    faults = [*missing_migrations(), *translations.problems(), *sizes.faults()]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(*sizes.worst(), sep="\n")
    print("migrations, translations and sizes: " + (f"{len(faults)} faults" if faults else "complete"))
    return 1 if faults else 0


def set_up_django() -> None:
    """Load the product's models; nothing connects to a database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strapontin.config.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql:///strapontin")
    os.environ.setdefault("STRAPONTIN_SECRET_KEY", "only-for-checks")
    import django

    django.setup()


def missing_migrations() -> Iterator[str]:
    """Changes of models that no migration carries out."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState
    from django.utils import translation

    # Names of fields are written into migrations as they stand in the source, in no reader's language.
    with translation.override(None):
        loader = MigrationLoader(None, ignore_no_migrations=True)
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        for app, migrations in detector.changes(graph=loader.graph).items():
            if Path(apps.get_app_config(app).path).is_relative_to(PRODUCT):
                for operation in migrations[0].operations:
                    yield f"{app}: no migration to {operation.describe().lower()}"


if __name__ == "__main__":
    sys.exit(main())
