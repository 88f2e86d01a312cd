"""Serves the gallery on a free port of the loopback address: ``python -m tests.pages.gallery.server``.

It prints its address and serves until its standard input ends.
"""

import os
import sys
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until nobody holds the other end of the standard input."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.pages.gallery.settings"
    import django
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler

    django.setup(set_prefix=False)
    with make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), _Threaded, _Quiet) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
