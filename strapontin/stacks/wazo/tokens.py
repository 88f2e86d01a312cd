"""The token of one account on one stack: asked for once, shared, renewed before it expires.

A stack grants 100 sessions per account and then answers 429, to people as well as to us. So a token is taken from the
shared store if possible, lives shortly, and is only replaced after a refusal if a new one can help.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

import msgspec

from strapontin.stacks.base import Clock, StackAccess, StackError, StackToken, TokenStore
from strapontin.stacks.wazo.answers import TokenAnswer, decoded, failure
from strapontin.stacks.wazo.http import StackHttp

TOKEN_LIFE: Final = timedelta(minutes=15)
# A token this near to its end might expire between our check and the stack's.
RENEWED_BEFORE: Final = timedelta(minutes=1)


class Tokens:
    """Gives a token that should be valid; threads may share it."""

    def __init__(self, access: StackAccess, http: StackHttp, *, store: TokenStore, clock: Clock) -> None:
        self._access = access
        self._http = http
        self._store = store
        self._clock = clock
        self._lock = Lock()

    def current(self) -> StackToken:
        """The shared token, or a new one if it is absent or about to expire. Raises ``StackError``."""
        return self._shared(self._clock()) or self._renewed(None)

    def instead_of(self, refused: StackToken) -> StackToken:
        """Another token than ``refused``: the one that another process has put meanwhile, or a new one."""
        self._store.forget(refused)
        return self._renewed(refused)

    def age(self, token: StackToken) -> timedelta:
        """How long ago the token was asked for."""
        return self._clock() - (token.expires_at - TOKEN_LIFE)

    def _shared(self, now: datetime) -> StackToken | None:
        token = self._store.get()
        return token if token and now < token.expires_at - RENEWED_BEFORE else None

    def _renewed(self, refused: StackToken | None) -> StackToken:
        # One thread asks; the others find the token that it has put.
        with self._lock:
            token = self._shared(self._clock())
            if token is None or token == refused:
                token = self._asked_for()
                self._store.put(token)
            return token

    def _asked_for(self) -> StackToken:
        # By our clock, from before the request: the stack's clock may be wrong.
        now = self._clock()
        credentials = f"{self._access.username}:{self._access.password}".encode()
        answer = self._http.request(
            "POST",
            "/api/auth/0.1/token",
            headers={
                "Authorization": "Basic " + b64encode(credentials).decode(),
                "Content-Type": "application/json",
            },
            body=msgspec.json.encode({"expiration": int(TOKEN_LIFE.total_seconds())}),
        )
        if answer.status == 401:
            raise StackError("refused", "the stack does not accept the user name and password")
        if answer.status != 200:
            raise failure(answer)
        value = decoded(answer.body, TokenAnswer).data.token
        # We send it as a header.
        if not value.isascii() or not value.isprintable() or not value:
            raise StackError("nonsense", "the stack's token is not a token")
        return StackToken(value=value, expires_at=now + TOKEN_LIFE)
