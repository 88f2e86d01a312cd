"""Pages of a list: a cursor holds the sort key of the last row shown, and nothing else.

Reading on from a key instead of counting rows costs the same on every page, and loses or repeats nothing when
rows arrive in between.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from strapontin.refusals import invalid

Part = Callable[[str], Any]
Row = TypeVar("Row")


def encode(key: Sequence[object]) -> str:
    """An opaque cursor after the row with this sort key."""
    packed = msgspec.json.encode([str(part) for part in key])
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(cursor: str | None, *parts: Part) -> tuple[Any, ...] | None:
    """The sort key within a cursor, each part read by its own function; ``None`` for the first page.

    Raises ``invalid`` for anything that :func:`encode` did not make.
    """
    if cursor is None:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        texts = msgspec.json.decode(packed, type=list[str])
        if len(texts) != len(parts) or any("\0" in text for text in texts):
            raise ValueError(cursor)
        return tuple(part(text) for part, text in zip(parts, texts, strict=True))
    except (ValueError, OverflowError, binascii.Error, msgspec.MsgspecError) as unreadable:
        raise invalid(_("A cursor is what a page answered as next."), field="cursor") from unreadable


def id_after(cursor: str | None) -> UUID | None:
    """The id within a cursor of a list in the order of its ids; see :func:`decode`."""
    key = decode(cursor, UUID)
    return key[0] if key else None


def page(rows: Sequence[Row], limit: int, key: Sequence[str], show: Callable[[Row], Any]) -> dict[str, Any]:
    """A page of at most ``limit`` rows; ``rows`` has one more if another page follows.

    ``key`` names the attributes that the list is sorted by.
    """
    rows_of_page = rows[:limit]
    cursor = encode(_key_of(rows_of_page[-1], key)) if len(rows) > limit else None
    return {"items": [show(row) for row in rows_of_page], "next": cursor}


def _key_of(row: Any, names: Sequence[str]) -> list[Any]:
    """The sort key of a row: a dataclass, or a dict by column."""
    return [row[name] if isinstance(row, dict) else getattr(row, name) for name in names]
