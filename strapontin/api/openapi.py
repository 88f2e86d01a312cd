"""The description of the API (OpenAPI), made once from the routes and their schemas."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from strapontin.api.answers import encode

_PROBLEM = {
    "description": "A refusal (RFC 9457) with a stable `code`",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["status", "title", "detail", "code"],
                "properties": {
                    "type": {"type": "string"},
                    "status": {"type": "integer"},
                    "title": {"type": "string"},
                    "detail": {"type": "string", "description": "In the caller's language"},
                    "code": {"type": "string"},
                    "errors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
                        },
                    },
                },
            }
        }
    },
}


def _header(name: str, description: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    }


_KEY = _header("Idempotency-Key", "Kept for 24 hours: the same body gets the same answer, done once")
_IF_MATCH = _header("If-Match", "The ETag read before; 412 `changed_meanwhile` if it is another by now")


@lru_cache(maxsize=1)
def description() -> bytes:
    """The document as JSON."""
    from strapontin.api.assembly import API

    schema: dict[str, Any] = API.get_openapi_schema(path_prefix="/api/v1/")
    schema["components"].setdefault("securitySchemes", {})["key"] = {"type": "http", "scheme": "bearer"}
    schema["security"] = [{"key": []}]
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            operation["responses"]["default"] = _PROBLEM
            if method == "post":
                operation.setdefault("parameters", []).append(_KEY)
            if method == "patch":
                operation.setdefault("parameters", []).append(_IF_MATCH)
    return encode(schema)
