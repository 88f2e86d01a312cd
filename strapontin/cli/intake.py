"""What stands between the web server and Django: it has a request whole before the request takes a thread.

The web server's threads are few (``strapontin.cli.web.THREADS``). Only the event loop waits for a sender who is slow or
never finishes, and not for long. So such a sender does not keep others from being answered.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from http import HTTPStatus
from io import BytesIO
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpResponse
from django.utils import translation

from strapontin.access.sessions import is_signed_in
from strapontin.api.authentication import authenticate
from strapontin.api.door import PREFIX
from strapontin.api.problems import problem, refusal_of
from strapontin.doors.bodies import largest_body
from strapontin.doors.policy import NOTHING
from strapontin.refusals import Refusal
from strapontin.web.frame.door import SIGN_IN

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol
    from granian.rsgi import Scope

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

log = logging.getLogger(__name__)

# Forms and most calls are smaller. More is taken only from a sender whose key or session is good.
SMALL = 64 * 1024
# A body has this long to arrive, and one second more for each BYTES_PER_SECOND of its size.
BODY_SECONDS = 15.0
BYTES_PER_SECOND = 100_000
# So many larger bodies are in memory at a time. Others wait their turn, within their time.
LARGE_AT_ONCE = 4


class Intake:
    """An RSGI application that runs a WSGI application in ``threads`` threads.

    Refuses as ``tls_needed``, ``too_large``, ``too_slow`` and ``length_required`` what it does not take.
    """

    def __init__(self, application: Application, *, threads: int) -> None:
        self._application = application
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answers a request. A sender who leaves before the end of the body gets no answer."""
        try:
            _expect_tls(scope)
            size = _announced_size(scope)
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(BODY_SECONDS + size / BYTES_PER_SECOND):
                    if size > SMALL:
                        await asyncio.get_running_loop().run_in_executor(self._pool, _expect_known_sender, scope)
                        await stack.enter_async_context(self._large)
                    body = await protocol() if size else b""
                await asyncio.get_running_loop().run_in_executor(self._pool, self._answer, scope, protocol, body)
        except Refusal as refusal:
            _refuse(scope, protocol, refusal)
        except TimeoutError:
            _refuse(scope, protocol, Refusal("too_slow"))
        except RuntimeError as error:
            log.info("a sender left: %s", error)

    def _answer(self, scope: Scope, protocol: HTTPProtocol, body: bytes) -> None:
        """Run the WSGI application in this thread. Django makes an answer of any exception."""
        status, headers = HTTPStatus.INTERNAL_SERVER_ERROR.value, list[tuple[str, str]]()

        def start(line: str, fields: list[tuple[str, str]], _fault: object = None) -> None:
            nonlocal status, headers
            status, headers = int(line[:3]), fields

        response = self._application(_environment(scope, body), start)
        try:
            protocol.response_bytes(status, headers, b"".join(response))
        finally:
            if hasattr(response, "close"):
                response.close()


def _expect_tls(scope: Scope) -> None:
    """Raises ``tls_needed`` if the request came without TLS to a portal that has it.

    The proxy says which it was. A request that passed no proxy may come from this machine alone.
    """
    if not settings.BEHIND_TLS:
        return
    scheme = scope.headers.get("x-forwarded-proto", "")
    if scheme != "https" and (scheme or not ip_address(_client_of(scope)).is_loopback):
        raise Refusal("tls_needed")


def _client_of(scope: Scope) -> str:
    return scope.client.rpartition(":")[0].strip("[]")


def _announced_size(scope: Scope) -> int:
    """How many bytes the body has. The HTTP server has checked that it is a number, and takes no more bytes than that.

    Raises ``too_large``, and ``length_required`` for a body whose end alone would tell its size: if the connection
    breaks, nobody could know that the end is missing.
    """
    headers = scope.headers
    if "transfer-encoding" in headers:
        raise Refusal("length_required")
    size = int(headers.get("content-length") or 0)
    signed_in = "authorization" in headers or f"{settings.SESSION_COOKIE_NAME}=" in headers.get("cookie", "")
    stranger = not signed_in or scope.path.startswith(SIGN_IN)
    if size > (SMALL if stranger else largest_body(scope.path)):
        raise Refusal("too_large")
    return size


def _expect_known_sender(scope: Scope) -> None:
    """Look into the database, so that strangers do not take the places of larger bodies.

    Raises ``too_large`` if no session is good, and what REST says of a key that is not.
    """
    try:
        if scope.path.startswith(PREFIX):
            authenticate(WSGIRequest(_environment(scope, b"")))
        else:
            # Not by Django's reader of cookies: that may be slow (strapontin.web.frame.cookies).
            keys = re.findall(rf"(?:^|; *){settings.SESSION_COOKIE_NAME}=(\w+)", scope.headers.get("cookie", ""))
            if not keys or not is_signed_in(keys[-1]):
                raise Refusal("too_large")
    except Exception as error:
        raise refusal_of(error) from error
    finally:
        connection.close()


def _environment(scope: Scope, body: bytes) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of a request."""
    server, _, port = scope.server.rpartition(":")
    headers = scope.headers
    environment: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _client_of(scope),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    # A header with "_" would look like the one with "-" that a proxy sets.
    for name in (name for name in headers.keys() if "_" not in name):  # noqa: SIM118 - it is no dict
        joined = ("; " if name == "cookie" else ", ").join(headers.get_all(name))  # type: ignore[attr-defined]
        environment["HTTP_" + name.upper().replace("-", "_")] = joined
    environment["CONTENT_TYPE"] = environment.pop("HTTP_CONTENT_TYPE", "")
    environment.pop("HTTP_CONTENT_LENGTH", None)
    environment["CONTENT_LENGTH"] = str(len(body))
    return environment


def _refuse(scope: Scope, protocol: HTTPProtocol, refusal: Refusal) -> None:
    """Answer without Django, and close the connection: the rest of the body is not waited for."""
    if scope.path.startswith(PREFIX):
        with translation.override("en"):
            response = problem(refusal)
    else:
        sentences = []
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                sentences.append(refusal.sentence)
        response = HttpResponse("\n".join(sentences), status=refusal.status, content_type="text/plain; charset=utf-8")
    more = [("Connection", "close"), ("Cache-Control", "no-store"), ("Content-Security-Policy", NOTHING)]
    more += [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", settings.SECURE_REFERRER_POLICY)]
    if settings.SECURE_HSTS_SECONDS and scope.headers.get("x-forwarded-proto") == "https":
        more += [("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")]
    protocol.response_bytes(response.status_code, [*response.items(), *more], response.content)
