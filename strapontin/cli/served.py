"""The application as the web server's processes load it: they end with the web server, even if it is killed."""

from strapontin.cli.lifeline import die_with_web_server

die_with_web_server()

# Only now: before anything else, the process is tied to the web server.
from strapontin.config.wsgi import application  # noqa: E402

__all__ = ["application"]
