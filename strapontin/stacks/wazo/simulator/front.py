"""The front of a simulated stack: what nginx does there, over real sockets, and the faults of a network."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from strapontin.stacks.wazo.simulator.faults import Fault
from strapontin.stacks.wazo.simulator.wire import Reply, Request, not_found, split_target

if TYPE_CHECKING:
    from strapontin.stacks.wazo.simulator.server import StackSimulator

_PREFIXES: Final = {"/api/auth/0.1/": "auth", "/api/confd/1.1/": "confd"}


class Front:
    """Listens on the loopback interface and passes requests on to the simulator."""

    def __init__(self, simulator: StackSimulator, *, port: int, tls: ssl.SSLContext | None) -> None:
        self.simulator = simulator
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        self._scheme = "https" if tls else "http"
        self._server = _Server(self, port, tls)
        self.url = f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        # Kept-alive connections would be served on by their threads.
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def reply(self, request: Request, target: str, fault: Fault | None) -> tuple[Reply, str]:
        """The reply, and the service that gives it ("" for the front itself)."""
        service = next((name for prefix, name in _PREFIXES.items() if target.startswith(prefix)), "")
        if fault and fault.replaces:
            body = fault.body if fault.body is not None else b""
            return Reply(fault.status or 200, body, fault.content_type, dict(fault.headers)), service
        return (self.simulator.answer(service, request) if service else not_found()), service

    def request(self, handler: BaseHTTPRequestHandler) -> Request:
        """What came in, with the path as the service behind sees it."""
        path, query = split_target(handler.path)
        prefix = next((prefix for prefix in _PREFIXES if path.startswith(prefix)), "/")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        length = headers.get("content-length", "0")
        body = handler.rfile.read(int(length)) if length.isdecimal() else b""
        base = f"{self._scheme}://{headers.get('host', '')}{prefix.rstrip('/')}"
        return Request(handler.command, path[len(prefix) :], query, headers, body, base)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, front: Front, port: int, tls: ssl.SSLContext | None) -> None:
        self.front = front
        self._tls = tls
        super().__init__(("127.0.0.1", port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._tls:
            # The handshake belongs to the connection's own thread.
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.front.connections.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        super().shutdown_request(request)
        if isinstance(request, socket.socket):
            self.front.connections.discard(request)

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any) -> None:
        """A client that went away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx/1.22.1"
    sys_version = ""
    # One write per answer, at once: without these, every keep-alive request would wait 40 ms for an ACK.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def _handle(self) -> None:
        front = self.server.front
        request = front.request(self)
        fault = front.simulator.fault_for(self.command, self.path)
        if fault and fault.wait_before:
            front.stopping.wait(fault.wait_before)
        reply, service = front.reply(request, self.path, fault)
        if fault and fault.wait_after:
            front.stopping.wait(fault.wait_after)
        if front.stopping.is_set() or (fault and fault.hang_up):
            self.close_connection = True
            return
        self._send_head(reply, service)
        if reply.body and self.command != "HEAD":
            self._send_body(reply.body, fault)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - names of the base class

    def _send_head(self, reply: Reply, service: str) -> None:
        self.send_response(reply.status, reply.phrase)
        self.send_header("Content-Type", reply.content_type)
        if reply.body is not None:
            self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "keep-alive")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if service and reply.reason == "":
            self.send_header("Access-Control-Allow-Origin", "*")
        if service == "auth":
            self.send_header("X-Powered-By", "wazo-auth")
        self.end_headers()

    def _send_body(self, body: bytes, fault: Fault | None) -> None:
        if fault and fault.drip_seconds:
            for n in range(len(body)):
                self.wfile.write(body[n : n + 1])
                self.wfile.flush()
                if self.server.front.stopping.wait(fault.drip_seconds):
                    return
        elif fault and fault.cut_at is not None:
            self.wfile.write(body[: fault.cut_at])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: requests hold tokens, and tests want silence."""
