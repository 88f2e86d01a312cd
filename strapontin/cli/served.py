"""The application as the web server's processes load it: they end with their parent, however it ends."""

from strapontin.cli.lifeline import follow_parent

follow_parent()

from strapontin.config.wsgi import application  # noqa: E402 - the worker must be tied to its parent first

__all__ = ["application"]
