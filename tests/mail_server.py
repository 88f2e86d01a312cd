"""A mail server of a few lines: it takes every message, and a test may look on when one arrives."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """``taken`` has the addresses of messages in order; ``begun`` is called with the number of each that begins."""

    begun: Callable[[int], None] = lambda number: None
    port: int = 0
    count: int = 0
    taken: list[str] = field(default_factory=list)


@contextmanager
def mail_server(begun: Callable[[int], None]) -> Iterator[MailServer]:
    """Listens on a port of this machine until the end of the block."""
    state = MailServer(begun)

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            recipient = ""
            self.say("220 mail.example")
            while line := self.rfile.readline().decode().strip():
                command = line[:4].upper()
                if command == "MAIL":
                    state.count += 1
                    state.begun(state.count)
                if command == "RCPT":
                    recipient = line.partition("<")[2].rstrip(">")
                if command == "DATA":
                    self.say("354 go on")
                    while self.rfile.readline() not in (b".\r\n", b""):
                        pass
                    state.taken.append(recipient)
                self.say("221 bye" if command == "QUIT" else "250 ok")
                if command == "QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()
