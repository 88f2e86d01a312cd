"""Model fields that several apps use in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from strapontin.kit.ids import new_id

if TYPE_CHECKING:
    _UuidField = models.UUIDField[Any, Any]
else:
    _UuidField = models.UUIDField


class Id(_UuidField):
    """A uuid (version 7), made by the application."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", new_id)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)


def path_field() -> ArrayField[Any, Any]:
    """The ids of a partner and of the partners above it, the highest first. Scopes are compared with it."""
    return ArrayField(models.UUIDField())


def count_field(**kwargs: Any) -> models.IntegerField[Any, Any]:
    """A whole number of seats, zero by default."""
    kwargs.setdefault("default", 0)
    return models.IntegerField(**kwargs)
