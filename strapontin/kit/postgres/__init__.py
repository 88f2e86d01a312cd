"""PostgreSQL without installing it: the programs of a wheel under a small supervisor of our own."""

from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.server import EmbeddedServer, open_server

__all__ = ["EmbeddedServer", "StartError", "open_server"]
