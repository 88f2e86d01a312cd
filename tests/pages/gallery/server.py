"""Serves the gallery on a free port of the loopback address, in a thread."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve_gallery() -> Iterator[str]:
    """The address of the running gallery; sets Django up with the gallery's settings, so in a process of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.pages.gallery.settings"
    import django
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler

    django.setup(set_prefix=False)
    with make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), _Threaded, _Quiet) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
