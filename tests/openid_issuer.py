"""An issuer of OpenID Connect on the loopback address, for tests: it signs in whom a test names."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "portal", "between-the-two"


@dataclass
class Issuer:
    """What the issuer knows; a test may change ``claims``, which win over what the issuer would say."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    # Of the userinfo endpoint alone.
    person: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    # The key that is published; another one than ``key`` makes false signatures.
    published: rsa.RSAPrivateKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, location: str) -> dict[str, str]:
        """What somebody who was sent to ``location`` brings back: code and state."""
        address = urlsplit(location)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{self.url}/authorize"
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        assert "openid" in asked["scope"].split() and asked["nonce"]
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def configuration(self) -> dict[str, Any]:
        """The discovery document."""
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **{f"{name}_endpoint": f"{self.url}/{path}" for name, path in ends.items()},
        }

    def keys(self) -> dict[str, Any]:
        """The published key."""
        public = (self.published or self.key).public_key()
        key: dict[str, str] = json.loads(RSAAlgorithm.to_jwk(public))
        return {"keys": [key | {"kid": "1", "alg": "RS256"}]}

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code that is presented by who asked for it (RFC 7636)."""
        asked = self.codes.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked is None or asked["code_challenge"] != base64.urlsafe_b64encode(proof).rstrip(b"=").decode():
            return None
        if (form["client_id"], form["client_secret"], form["redirect_uri"]) != (CLIENT, SECRET, asked["redirect_uri"]):
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        token = jwt.encode(claims | self.claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": "for-userinfo", "token_type": "Bearer", "id_token": token}


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        """Discovery, keys, and who signed in."""
        documents = {
            "/.well-known/openid-configuration": self.issuer.configuration,
            "/keys": self.issuer.keys,
            "/userinfo": lambda: {"sub": "7"} | self.issuer.claims | self.issuer.person,
        }
        document = documents.get(self.path)
        self._answer(document() if document else None)  # type: ignore[no-untyped-call]

    def do_POST(self) -> None:
        """The token endpoint."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(self.issuer.exchange({name: values[0] for name, values in parse_qs(body).items()}))

    def _answer(self, document: dict[str, Any] | None) -> None:
        self.send_response(200 if document else 400)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(document or {"error": "invalid_grant"}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Issuer]:
    """The issuer, answering until the block ends."""
    issuer = Issuer()
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield issuer
        server.shutdown()
        thread.join()
