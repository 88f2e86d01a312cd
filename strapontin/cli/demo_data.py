"""Whether a database is a demo: the comment of the database says so.

So known passwords are shown for a demo only, by whatever directory or address it is reached. If the building of a demo
was interrupted, the comment says this too, and the demo is built again.
"""

from __future__ import annotations

import importlib.util
from typing import Literal

import psycopg
from psycopg import sql

State = Literal["none", "unfinished", "finished"]
COMMENTS: dict[State, str] = {"unfinished": "Strapontin demo, unfinished", "finished": "Strapontin demo"}
KEPT = ("django_migrations", "django_content_type", "auth_permission")


def demo_is_there() -> bool:
    """Whether this installation has the code that builds the demo."""
    if importlib.util.find_spec("strapontin.demo") is None:
        return False
    return importlib.util.find_spec("strapontin.demo.build") is not None


def demo_state(url: str) -> State:
    """What the comment of the database says."""
    query = """
        SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()
    """
    with psycopg.connect(url, connect_timeout=3) as connection:
        row = connection.execute(query).fetchone()
    return next((state for state, comment in COMMENTS.items() if row == (comment,)), "none")


def note_state(url: str, state: Literal["unfinished", "finished"]) -> None:
    """Write the state into the comment of the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(COMMENTS[state])))


def is_empty() -> bool:
    """Whether the database is unused: it has no partner, and nobody who may sign in."""
    from strapontin.access.actors import system
    from strapontin.access.models import Account
    from strapontin.access.scope import acting
    from strapontin.organisation.models import Partner

    if Account.objects.exists():
        return False
    with acting(system("cli")):
        return not Partner.objects.exists()


def clear_unfinished(url: str) -> None:
    """Empty a database whose comment says that it is an unfinished demo."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> ALL(%s)"
    with psycopg.connect(url) as connection:
        tables = [sql.Identifier(name) for (name,) in connection.execute(query, [list(KEPT)]).fetchall()]
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(tables)))
