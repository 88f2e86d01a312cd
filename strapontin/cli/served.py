"""The application as the web server's processes load it: they end with the web server, even if it is killed."""

from strapontin.cli.lifeline import die_with_web_server

die_with_web_server()

# Only now: before anything else, the process is tied to the web server. Django has to be set up before the intake.
from strapontin.config.wsgi import application as django  # noqa: E402, I001
from strapontin.cli.intake import Intake  # noqa: E402
from strapontin.cli.web import THREADS  # noqa: E402

application = Intake(django, threads=THREADS)

__all__ = ["application"]
