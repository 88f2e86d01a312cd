"""Where the database is, and which roles its connections take."""

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


def _base(url: str) -> dict[str, Any]:
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


def database_settings(url: str) -> dict[str, Any]:
    """Django's ``DATABASES``: ``default`` for the product, ``owner`` for migrations alone.

    ``default`` pools its connections and starts each as the door's role. ``kit/prepared.py`` prepares statements;
    psycopg is left out of it, since its own preparing deallocates all of them after every rollback.
    """
    default, owner = _base(url), _base(url)
    default["OPTIONS"] |= {
        # As a start-up option and not by ``assume_role``, which waits for the pool while filling it.
        "options": f"-c role={role_names(url).door}",
        "server_side_binding": True,
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
    }
    owner["OPTIONS"] |= {"application_name": "strapontin owner"}
    return {"default": default, "owner": owner}
