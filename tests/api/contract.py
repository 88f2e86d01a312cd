"""Compares answers with the OpenAPI document: the routes write them by hand, and must keep what it promises."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from strapontin.api import schemas
from strapontin.api.openapi import description

MODELS: dict[str, type[BaseModel]] = {
    name: model
    for module in iter_modules(schemas.__path__, f"{schemas.__name__}.")
    for name, model in vars(import_module(module.name)).items()
    if isinstance(model, type) and issubclass(model, BaseModel)
}


@lru_cache
def operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """Method, address and description of every operation; ``users/preview`` before ``users/{id}``."""
    document = json.loads(description())
    found = []
    for path, methods in sorted(document["paths"].items(), key=lambda item: item[0].count("{")):
        pattern = re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(path.removeprefix("/api/v1"))))
        found += [(method.upper(), pattern, operation) for method, operation in methods.items()]
    return found


def check_contract(method: str, path: str, status: int, content_type: str, body: Any) -> None:
    """Fails where an answer is not what the document says."""
    if status >= 400:
        assert content_type == "application/problem+json", content_type
        assert {"status", "title", "detail", "code"} <= set(body)
        assert body["status"] == status
        return
    address = path.partition("?")[0]
    for promised_method, pattern, operation in operations():
        if promised_method == method and pattern.fullmatch(address):
            _check_success(operation["responses"][str(status)], body)
            return
    assert method == "HEAD" or address == "/openapi.json", f"{method} {address} is not described"


def _check_success(promised: dict[str, Any], body: Any) -> None:
    if "content" not in promised:
        assert body is None
        return
    reference = promised["content"]["application/json"]["schema"]["$ref"]
    _check(MODELS[reference.rpartition("/")[2]], body)


def _check(promised: Any, value: Any) -> None:
    if isinstance(promised, type) and issubclass(promised, BaseModel):
        described = {field.alias or name: field for name, field in promised.model_fields.items()}
        required = {name for name, field in described.items() if field.is_required()}
        assert required <= set(value) <= set(described), (promised, sorted(value))
        for name, field in described.items():
            if name in value:
                _check(field.annotation, value[name])
    elif get_origin(promised) is list:
        assert isinstance(value, list)
        for item in value:
            _check(get_args(promised)[0], item)
    elif value is not None and type(None) in get_args(promised):
        _check(next(kind for kind in get_args(promised) if kind is not type(None)), value)
    else:
        TypeAdapter(promised).validate_json(json.dumps(value), strict=True)
