"""Identifiers made by the application, never by the database."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A version 7 uuid (RFC 9562): its order is the order of creation, which keeps B-trees dense."""
    return uuid7()
