"""The application as the web server's processes load it: they end with the web server, even if it is killed."""

from strapontin.cli.lifeline import die_with_web_server

die_with_web_server()

from strapontin.config.wsgi import application  # noqa: E402 - before anything else, the process must be tied to the web server

__all__ = ["application"]
