"""Nobody reaches a portal for other machines without TLS, unless its operator says so."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from strapontin.cli.tls_check import meet
from tests.certificates import own_certificate, server_context
from tests.launcher import refusal, strapontin
from tests.processes import LiveServer, free_port
from tests.test_slow_senders import Sender

if TYPE_CHECKING:
    from tests.cast import Stage

OUTSIDE = {"ALLOWED_HOSTS": "localhost,seats.example.net", "PORTAL_ADDRESS": "http://seats.example.net", "DEMO": "0"}


@pytest.mark.parametrize("command", ["up", "web"])
def test_a_portal_for_others_needs_tls(home: Path, command: str) -> None:
    port = str(free_port())
    assert "without TLS" in refusal(home, command, PORT=port, **OUTSIDE)
    assert "sans TLS" in refusal(home, command, PORT=port, LC_ALL="fr_FR.UTF-8", **OUTSIDE)
    assert not (home / "postgres").exists()
    assert "PLAIN_HTTP is yes" in refusal(home, command, PORT=port, PLAIN_HTTP="yes", **OUTSIDE)


@pytest.mark.parametrize("path", ["/api/v1/customers", "/accounts/login/"])
def test_a_request_without_tls_is_refused(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("TRUSTED_ORIGINS", "https://seats.example.net")
    with LiveServer(tmp_path, stage.database.url) as server:
        head = f"GET {path} HTTP/1.1", "Connection: close"
        assert b"TLS" in Sender(server, *head, "X-Forwarded-Proto: http").rest()
        assert Sender(server, *head, "X-Forwarded-Proto: http").rest().startswith(b"HTTP/1.1 403")
        for line in ("X-Forwarded-Proto: https", "X-Nothing: 1"):
            assert not Sender(server, *head, line).rest().startswith(b"HTTP/1.1 403")


@contextlib.contextmanager
def listener(context: ssl.SSLContext) -> Iterator[str]:
    """A server that speaks TLS and says nothing; answers its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError), connection, context.wrap_socket(connection, server_side=True) as tls:
                    tls.recv(1)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_a_certificate_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = own_certificate(tmp_path)
    with listener(server_context(pem)) as address:
        with pytest.raises(ssl.SSLError, match="self"):
            meet(address)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        met = meet(address)
    assert (met.version, met.old) == ("TLSv1.3", "")
    assert timedelta(hours=23) < met.until - datetime.now(UTC) < timedelta(hours=25)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_version_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = own_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = server_context(pem)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    with listener(context) as address:
        assert meet(address).old == "TLSv1.1"


def test_nobody_listens() -> None:
    with pytest.raises(OSError, match="refused"):
        meet(f"https://127.0.0.1:{free_port()}")


def test_the_doctor_looks_at_the_address(home: Path, tmp_path: Path) -> None:
    migrated: subprocess.CompletedProcess[str] = strapontin(home, "migrate")
    assert migrated.returncode == 0
    assert "http://seats.example.net is not https://" in strapontin(home, "doctor", **OUTSIDE).stdout
    pem = own_certificate(tmp_path)
    with listener(server_context(pem)) as address:
        outside = OUTSIDE | {"PORTAL_ADDRESS": address}
        assert f"no TLS that browsers trust at {address}" in strapontin(home, "doctor", **outside).stdout
        trusted = strapontin(home, "doctor", SSL_CERT_FILE=str(pem), **outside).stdout
    assert f"✓ {address} has a certificate of a known authority" in trusted
    history = Path(__file__).parent.parent / ".git"
    assert ("lies beside the program" in trusted) is history.exists()
