#!/usr/bin/env python
"""Django's commands on an installation: ``python manage.py shell``, ``makemigrations``, ``migrate --database owner``.

The database is that of ``DATABASE_URL``, else of the embedded server in ``STRAPONTIN_HOME``. Connections by
``default`` begin as the role that sees no customer (ARCHITECTURE.md, "Roles and scopes in the database"); only
``owner`` may change tables. Development alone needs it: ``strapontin migrate`` brings an installation up to date.
"""

from __future__ import annotations

import sys

from strapontin.cli.environment import prepare
from strapontin.cli.main import REFUSED
from strapontin.cli.messages import Refused, say
from strapontin.kit.postgres import StartError


def main() -> int:
    """Run one command of Django; its exit code."""
    try:
        with prepare(migrated=False):
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except (Refused, StartError) as refusal:
        print(f"manage.py: {say(refusal.code, **refusal.details)}", file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
