"""PostgreSQL without an installation: the programs come in a wheel, a small supervisor of ours runs them."""

from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.server import EmbeddedServer, open_server

__all__ = ["EmbeddedServer", "StartError", "open_server"]
