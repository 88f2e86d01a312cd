"""Django's settings of the database: where it is, and which role its connections begin with."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from strapontin.kit.roles import Roles, roles_of


def database_name(url: str) -> str:
    """The name of the database in a ``postgresql://`` URL."""
    return unquote(urlsplit(url).path.lstrip("/")) or "strapontin"


def role_names(url: str) -> Roles:
    """The role names of the database at ``url``."""
    return roles_of(database_name(url))


def _connection(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or (unquote(parts.hostname) if parts.hostname else "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name(url),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "") or ""),
        "OPTIONS": {"connect_timeout": 5, **options},
    }


def database_settings(url: str, owner_url: str) -> dict[str, Any]:
    """Django's ``DATABASES``: ``default`` for the product, ``owner`` for migrations alone.

    ``default`` pools its connections, and each begins with the door's role. ``kit/prepared.py`` prepares statements.
    psycopg does not: after every rollback it would deallocate all prepared statements.
    """
    default, owner = _connection(url), _connection(owner_url)
    default["OPTIONS"] |= {
        # A start-up option sets the role. Django's ``assume_role`` would wait for the pool that it is filling.
        "options": f"-c role={role_names(url).door}",
        "server_side_binding": True,
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
    }
    owner["OPTIONS"] |= {"application_name": "strapontin owner"}
    return {"default": default, "owner": owner}
