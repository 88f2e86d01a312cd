"""A request and a reply as the simulated services see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

NOT_FOUND_HTML = (
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    "<p>The requested URL was not found on the server. If you entered the URL manually please check your "
    "spelling and try again.</p>\n"
)


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` is what follows the service's version; ``base`` the address that hyperlinks begin with."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    base: str

    @property
    def token(self) -> str:
        return self.headers.get("x-auth-token", "")

    @property
    def tenant(self) -> str | None:
        """The tenant of the header; an empty one counts as none."""
        return self.headers.get("wazo-tenant") or None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. ``body`` None means no body and no Content-Length."""

    status: int
    body: bytes | None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def phrase(self) -> str:
        """The Python services write it in capitals."""
        return self.reason or HTTPStatus(self.status).phrase.upper()


class RefusedError(Exception):
    """Ends the treatment of a request with a reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def json_reply(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """As both services write JSON: ASCII only, a space after separators, a line feed at the end."""
    return Reply(status, json.dumps(content).encode() + b"\n", headers=headers or {})


def nothing(status: int = 204) -> Reply:
    return Reply(status, None)


def not_found() -> Reply:
    return Reply(404, NOT_FOUND_HTML.encode(), "text/html; charset=utf-8")


def bad_gateway() -> Reply:
    """What nginx says when the service behind it is down."""
    page = (
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
        "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n"
        "</body>\r\n</html>\r\n"
    )
    return Reply(502, page.encode(), "text/html", reason="Bad Gateway")


def split_target(target: str) -> tuple[str, dict[str, str]]:
    """The path and the query of a request line; the last of repeated parameters counts."""
    parts = urlsplit(target)
    return parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))
