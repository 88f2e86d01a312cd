"""HTTP to one stack: bounded in time and size, without redirects, and every failure a ``StackError``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InsecureRequestWarning,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import parse_url

from strapontin.stacks.base import StackAccess, StackError, Timeouts
from strapontin.stacks.wazo.fence import fenced_pools

# 20,000 users are 5.6 MB in the summary view; beyond this an answer is not a list of users.
BODY_LIMIT_BYTES: Final = 256 * 1024 * 1024
_PIECE_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. The body stays out of ``repr``: stacks put tokens in their error bodies."""

    status: int
    body: bytes = field(repr=False)


class StackHttp:
    """A keep-alive client for the base address of one stack; threads may share it."""

    def __init__(self, access: StackAccess, *, timeouts: Timeouts, body_limit: int = BODY_LIMIT_BYTES) -> None:
        self._base = access.url.rstrip("/")
        self._timeouts = timeouts
        self._body_limit = body_limit
        if access.verify_tls:
            self._pool = urllib3.PoolManager(num_pools=1, maxsize=4, cert_reqs="CERT_REQUIRED")
        else:
            # The administrator chose this for a stack with a certificate of its own. A warning at every request would
            # only hide other warnings.
            urllib3.disable_warnings(InsecureRequestWarning)
            self._pool = urllib3.PoolManager(num_pools=1, maxsize=4, cert_reqs="CERT_NONE", assert_hostname=False)
        self._pool.pool_classes_by_scheme = fenced_pools(access.networks)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeouts: Timeouts | None = None,
    ) -> Answer:
        """The answer to one request, whatever its status. Raises ``StackError``; nothing is sent twice.

        ``timeouts`` are those of this request, if others than usual.
        """
        self._check_address()
        timeouts = timeouts or self._timeouts
        deadline = time.monotonic() + timeouts.total
        try:
            response = self._pool.request(
                method,
                self._base + path,
                body=body,
                headers={"Accept": "application/json", "User-Agent": "strapontin", **headers},
                timeout=urllib3.Timeout(connect=timeouts.connect, read=timeouts.read, total=timeouts.total),
                retries=False,
                # A redirect would carry the token to another server.
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                return Answer(response.status, self._read(response, deadline))
            except BaseException:
                # The rest of this answer must not become the beginning of the next one.
                response.close()
                raise
            finally:
                response.release_conn()
        except HTTPError as error:
            # "from None": a library's message may quote what we sent.
            raise _translated(error) from None

    def _check_address(self) -> None:
        try:
            address = parse_url(self._base)
        except HTTPError:
            raise StackError("invalid", "the address of the stack is not a URL") from None
        if address.scheme not in ("http", "https") or not address.host:
            raise StackError("invalid", "the address of the stack must begin with https:// or http://")
        if address.auth or address.query or address.fragment:
            raise StackError("invalid", "the address of the stack must hold no credentials and no query")

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        pieces: list[bytes] = []
        size = 0
        # read1 returns what has come: a stack that sends byte after byte does not escape the deadline.
        while piece := response.read1(_PIECE_BYTES):
            size += len(piece)
            if size > self._body_limit:
                raise StackError("nonsense", f"the answer is larger than {self._body_limit} bytes")
            if time.monotonic() > deadline:
                raise StackError("timeout", "the answer was not complete in time")
            pieces.append(piece)
        return b"".join(pieces)


def _translated(error: HTTPError) -> StackError:
    if isinstance(error, NewConnectionError | ConnectTimeoutError):
        # Told like a closed port: nobody learns from us which ports a firewall hides.
        return StackError("unreachable", "no connection to the stack could be made")
    if isinstance(error, ReadTimeoutError):
        return StackError("timeout", "the stack did not answer in time")
    if isinstance(error, SSLError):
        return StackError("tls", "no trusted encrypted connection to the stack could be made")
    return StackError("unreachable", f"the connection to the stack broke ({type(error).__name__})")
