"""Where the database is and which roles belong to it.

Every role carries the database's name, so that two installations may share one PostgreSQL server:

* ``<database>_door``: reads what signing in needs, nothing of customers; every connection starts as this role;
* ``<database>_request``: what an administrator's request may do, within the scope set for the transaction;
* ``<database>_worker``: a background job, which also reads stacks and their secrets;
* ``<database>_billing``: fixes prices, rates periods and issues invoices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of an installation's database roles."""

    door: str
    request: str
    worker: str
    billing: str

    def all(self) -> tuple[str, str, str, str]:
        """The four names, in the order in which they are created."""
        return (self.door, self.request, self.worker, self.billing)


def database_name(url: str) -> str:
    """The name of the database in a ``postgresql://`` URL."""
    return unquote(urlsplit(url).path.lstrip("/")) or "strapontin"


def role_names(url: str) -> Roles:
    """The role names of the database at ``url``."""
    name = database_name(url)
    return Roles(f"{name}_door", f"{name}_request", f"{name}_worker", f"{name}_billing")


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
