"""A client of the REST door: requests pass through the whole WSGI application."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.api.contract import check_contract

ROOT = "/api/v1"


@dataclass(frozen=True)
class Answer:
    """What came back; ``body`` is ``None`` where there is none."""

    status: int
    body: Any
    headers: Mapping[str, str]

    def __getitem__(self, field: str) -> Any:
        return self.body[field]

    @property
    def code(self) -> str | None:
        """The code of a problem; ``None`` for a success."""
        return self.body["code"] if self.status >= 400 else None

    @property
    def id(self) -> str:
        """The id of what was answered."""
        return str(self.body["id"])

    @property
    def etag(self) -> str:
        """The entity tag, for ``If-Match``."""
        return self.headers["ETag"]

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items of a page."""
        found: list[dict[str, Any]] = self.body["items"]
        return found


class ApiClient:
    """Somebody's key. Every answer is compared with what the OpenAPI document promises."""

    def __init__(self, key: str | None, *, language: str | None = None) -> None:
        self.key = key
        self._language = language
        self._client = Client(raise_request_exception=False)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """The answer to any request; ``raw`` is a body that need not be JSON."""
        sent = dict(headers or {})
        if self.key is not None:
            sent["Authorization"] = f"Bearer {self.key}"
        if self._language is not None:
            sent["Accept-Language"] = self._language
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        response = self._client.generic(method, ROOT + path, data, "application/json", headers=sent)
        answered = json.loads(response.content) if response.content else None
        check_contract(method, path, response.status_code, response.headers.get("Content-Type", ""), answered)
        return Answer(response.status_code, answered, response.headers)

    def get(self, path: str) -> Answer:
        """A reading."""
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """A writing; ``key`` is its Idempotency-Key."""
        return self.send("POST", path, body, headers={"Idempotency-Key": key} if key is not None else None)

    def post_file(self, path: str, data: bytes, name: str = "users.csv", **fields: str) -> Answer:
        """A file in a form, as a browser or ``curl -F`` sends it."""
        form = {"file": SimpleUploadedFile(name, data), **fields}
        sent = {"Authorization": f"Bearer {self.key}"}
        response = self._client.post(ROOT + path, form, headers=sent)
        answered = json.loads(response.content)
        check_contract("POST", path, response.status_code, response.headers.get("Content-Type", ""), answered)
        return Answer(response.status_code, answered, response.headers)

    def patch(self, path: str, body: Any, *, if_match: str | None = None) -> Answer:
        """A change; ``if_match`` is the entity tag read before."""
        return self.send("PATCH", path, body, headers={"If-Match": if_match} if if_match is not None else None)

    def delete(self, path: str) -> Answer:
        """A removal."""
        return self.send("DELETE", path)

    def made(self, path: str, body: Any) -> Answer:
        """The answer to a POST that must succeed."""
        answer = self.post(path, body)
        assert 200 <= answer.status < 300, (path, body, answer.body)
        return answer

    def everything(self, path: str) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        found: list[dict[str, Any]] = []
        page = self.get(path)
        while True:
            assert page.status == 200, page.body
            found += page.items
            if page["next"] is None:
                return found
            page = self.get(f"{path}{'&' if '?' in path else '?'}cursor={page['next']}")
