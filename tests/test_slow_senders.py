"""Connections that send slowly, too much, or nothing: others are answered meanwhile, and the web server ends them."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import urllib3

from strapontin.access.models import Account
from strapontin.cli.intake import BODY_SECONDS
from strapontin.cli.web import HEAD_MILLISECONDS, LONGEST_HEAD
from tests.cast import FURNISHER
from tests.processes import LiveServer
from tests.test_invitations import visitor

if TYPE_CHECKING:
    from tests.cast import Cast, Stage

HELD = 12
QUICK_SECONDS = 3.0
SIGN_IN = "POST /accounts/login/ HTTP/1.1"


class Sender:
    """A connection that a test writes to by hand."""

    def __init__(self, server: LiveServer, *lines: str, body: bytes = b"") -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        self.send("\r\n".join([*lines, f"Host: 127.0.0.1:{server.port}", "", ""]).encode() + body)

    def send(self, data: bytes) -> None:
        """Send more."""
        self._socket.sendall(data)

    def rest(self) -> bytes:
        """All that is answered until the server closes the connection."""
        parts = []
        with contextlib.suppress(ConnectionResetError):
            while part := self._socket.recv(65536):
                parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """Leave."""
        self._socket.close()


@contextlib.contextmanager
def held(server: LiveServer, *lines: str, body: bytes = b"") -> Iterator[list[Sender]]:
    """So many senders that begin a request and do not end it."""
    senders = [Sender(server, *lines, body=body) for _ in range(HELD)]
    try:
        yield senders
    finally:
        for sender in senders:
            sender.close()


def seconds_of_a_page(server: LiveServer) -> float:
    """How long a page takes that another person asks for."""
    began = time.monotonic()
    response = urllib3.request("GET", f"{server.url}/accounts/login/", retries=False, timeout=60)
    assert response.status == 200
    return time.monotonic() - began


def statuses(senders: list[Sender]) -> set[bytes]:
    """The first lines of what the senders are answered, each until its connection is closed."""
    with ThreadPoolExecutor(len(senders)) as pool:
        return {answer.split(b"\r\n")[0] for answer in pool.map(Sender.rest, senders)}


def test_slow_bodies_keep_nobody_waiting_and_are_ended(stage: Stage, live_server: LiveServer) -> None:
    began = time.monotonic()
    with held(live_server, SIGN_IN, "Content-Length: 5000", "Cookie: csrftoken=x", body=b"login=") as senders:
        for _ in range(5):
            assert seconds_of_a_page(live_server) < QUICK_SECONDS
        for sender in senders:
            sender.send(b"a")
        assert statuses(senders) == {b"HTTP/1.1 408 Request Timeout"}
    assert BODY_SECONDS - 2 < time.monotonic() - began < BODY_SECONDS + 10


def test_slow_bodies_with_a_key_keep_nobody_waiting(cast: Cast, live_server: LiveServer) -> None:
    key = f"Authorization: Bearer {cast.provider.key}"
    with held(live_server, "POST /api/v1/partners HTTP/1.1", key, "Content-Length: 5000", body=b"{") as senders:
        assert seconds_of_a_page(live_server) < QUICK_SECONDS
        answer = senders[0].rest()
        assert b'"code":"too_slow"' in answer
        assert b"application/problem+json" in answer


def test_slow_heads_keep_nobody_waiting_and_are_ended(stage: Stage, live_server: LiveServer) -> None:
    began = time.monotonic()
    senders = [socket.create_connection(("127.0.0.1", live_server.port), timeout=60) for _ in range(HELD)]
    for sender in senders:
        sender.sendall(b"GET /accounts/login/ HTTP/1.1\r\nHost: ")
    assert seconds_of_a_page(live_server) < QUICK_SECONDS
    for sender in senders:
        while sender.recv(65536):
            pass
        sender.close()
    assert time.monotonic() - began < HEAD_MILLISECONDS / 1000 + 10


def test_connections_that_ask_nothing_keep_nobody_waiting_and_are_ended(stage: Stage, live_server: LiveServer) -> None:
    silent = [socket.create_connection(("127.0.0.1", live_server.port), timeout=60) for _ in range(1500)]
    assert seconds_of_a_page(live_server) < QUICK_SECONDS
    began = time.monotonic()
    assert silent[0].recv(1) == b""
    assert time.monotonic() - began < HEAD_MILLISECONDS / 1000 + 10
    for connection in silent:
        connection.close()


def test_a_stranger_sends_little_and_a_caller_with_a_key_more(cast: Cast, live_server: LiveServer) -> None:
    large = b" " * 200_000 + b"{}"
    length = f"Content-Length: {len(large)}"
    assert Sender(live_server, SIGN_IN, length).rest().startswith(b"HTTP/1.1 413")
    assert Sender(live_server, SIGN_IN, length, "Cookie: sessionid=x").rest().startswith(b"HTTP/1.1 413")
    call = "POST /api/v1/partners HTTP/1.1"
    assert b'"code":"too_large"' in Sender(live_server, call, length).rest()
    key = f"Authorization: Bearer {cast.provider.key}"
    sender = Sender(live_server, call, key, length, "Connection: close", "Content-Type: application/json", body=large)
    assert sender.rest().startswith(b"HTTP/1.1 422"), "read, and refused for what it says"


@pytest.mark.parametrize(
    ("path", "proof", "answer"),
    [
        ("/customers/", "Cookie: sessionid=abcdefghijklmnopqrstuvwxyz012345", b"HTTP/1.1 413 Payload Too Large"),
        ("/api/v1/partners", "Authorization: Bearer invented", b"HTTP/1.1 401 Unauthorized"),
    ],
)
def test_strangers_with_an_invented_proof_do_not_take_the_places_of_larger_bodies(
    cast: Cast, live_server: LiveServer, path: str, proof: str, answer: bytes
) -> None:
    with held(live_server, f"POST {path} HTTP/1.1", proof, "Content-Length: 12000000", body=b"a") as strangers:
        began = time.monotonic()
        key, large = f"Authorization: Bearer {cast.provider.key}", b" " * 200_000 + b"{}"
        lines = (key, f"Content-Length: {len(large)}", "Connection: close", "Content-Type: application/json")
        sender = Sender(live_server, "POST /api/v1/partners HTTP/1.1", *lines, body=large)
        assert sender.rest().startswith(b"HTTP/1.1 422")
        assert time.monotonic() - began < QUICK_SECONDS
        assert statuses(strangers) == {answer}


def test_somebody_signed_in_sends_a_larger_form(stage: Stage, live_server: LiveServer) -> None:
    """A form of that size without its token is read, and refused for that."""
    FURNISHER.make_administrator("Maud", "maud@example.org", language="en", roles=["users"])
    client = visitor()
    client.force_login(Account.objects.get(email="maud@example.org"))
    session = client.cookies["sessionid"].value
    large = b"a=" + b"x" * 200_000
    lines = (f"Cookie: theme=dark; sessionid={session}", f"Content-Length: {len(large)}", "Connection: close")
    sender = Sender(live_server, "POST /language/ HTTP/1.1", *lines, body=large)
    assert sender.rest().startswith(b"HTTP/1.1 403")


def test_a_body_without_a_length_is_refused(stage: Stage, live_server: LiveServer) -> None:
    sender = Sender(live_server, "POST /api/v1/partners HTTP/1.1", "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n")
    answer = sender.rest()
    assert answer.startswith(b"HTTP/1.1 411")
    assert b'"code":"length_required"' in answer


def test_a_sender_who_leaves_within_the_body_changes_nothing(cast: Cast, live_server: LiveServer) -> None:
    key = f"Authorization: Bearer {cast.provider.key}"
    whole = b'{"name":"Broken","x":"' + b" " * 100
    head = [
        "POST /api/v1/partners HTTP/1.1",
        key,
        "Content-Type: application/json",
        f"Content-Length: {len(whole) + 1}",
    ]
    Sender(live_server, *head, body=whole).close()
    assert seconds_of_a_page(live_server) < QUICK_SECONDS
    assert "Traceback" not in live_server.log.read_text()


@pytest.mark.parametrize("path", ["/api/v1/partners", "/accounts/login/"])
def test_a_refusal_before_django_has_the_headers_of_every_answer(
    stage: Stage, live_server: LiveServer, path: str
) -> None:
    answer = Sender(live_server, f"POST {path} HTTP/1.1", "Content-Length: 200000").rest().lower()
    assert answer.startswith(b"http/1.1 413")
    for header in (b"x-content-type-options: nosniff", b"referrer-policy: same-origin", b"cache-control: no-store"):
        assert header in answer
    assert b"frame-ancestors 'none'" in answer


def test_a_refusal_before_django_keeps_browsers_on_tls(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUSTED_ORIGINS", "https://seats.example.net")
    with LiveServer(tmp_path, stage.database.url) as server:
        post, large = "POST /accounts/login/ HTTP/1.1", "Content-Length: 200000"
        by_proxy = Sender(server, post, large, "X-Forwarded-Proto: https").rest().lower()
        assert b"strict-transport-security: max-age=31536000" in by_proxy
        assert b"strict-transport-security" not in Sender(server, post, large).rest().lower()


@pytest.mark.parametrize("path", ["/api/v1/partners", "/accounts/login/", "/static/strapontin/strapontin.js"])
def test_no_request_is_sent_back_to_its_sender(stage: Stage, live_server: LiveServer, path: str) -> None:
    answer = Sender(live_server, f"TRACE {path} HTTP/1.1", "X-Secret: 4711", "Connection: close").rest()
    assert answer.split(b" ")[1] in (b"400", b"401", b"403", b"404", b"405")
    assert b"4711" not in answer


@pytest.mark.parametrize("line", ["X-Long: ", "Cookie: a=", "Accept-Language: fr,"])
def test_a_head_that_is_too_long_is_refused(stage: Stage, live_server: LiveServer, line: str) -> None:
    sender = Sender(live_server, "GET /accounts/login/ HTTP/1.1", line + "a" * LONGEST_HEAD)
    assert sender.rest().split(b" ")[1] in (b"431", b"400")


def test_a_header_with_an_underscore_does_not_pass_for_that_of_the_proxy(stage: Stage, live_server: LiveServer) -> None:
    """With the header of that name, the sign-in page would be answered in French."""
    line = "GET /accounts/login/ HTTP/1.1"
    plain = Sender(live_server, line, "Accept-Language: en", "Accept_Language: fr", "Connection: close").rest()
    assert b"content-language: en" in plain.lower()
