"""Pages of a list: a cursor holds the sort key of the last row of a page, and nothing else.

Every page costs the same, and no row is lost or repeated if others arrive meanwhile.
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

Row = TypeVar("Row")
Part = Callable[[str], Any]


def encode(key: Sequence[object]) -> str:
    """An opaque cursor after the row with this sort key."""
    packed = msgspec.json.encode([str(part) for part in key])
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(cursor: str | None, *parts: Part) -> tuple[Any, ...] | None:
    """The sort key within a cursor, each part read by its own function; ``None`` for the first page.

    Raises ``invalid`` for a text that :func:`encode` did not make.
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

    ``key`` names the attributes by which the list is sorted.
    """
    rows_of_page = rows[:limit]
    cursor = encode([getattr(rows_of_page[-1], name) for name in key]) if len(rows) > limit else None
    return {"items": [show(row) for row in rows_of_page], "next": cursor}
