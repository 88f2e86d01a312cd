"""Identifiers made by the application, never by the database."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A uuid of version 7 (RFC 9562). Such ids sort by the time of their creation, which keeps indexes dense."""
    return uuid7()
