"""Names in the order in which people look for them, and found however they are typed.

É stands with E, capitals with small letters. The columns that hold such keys are computed by PostgreSQL itself,
since a collation that knew all this comes with some servers only.
"""

from __future__ import annotations

from string import ascii_uppercase
from unicodedata import normalize

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Concat

_LATIN = [letter for letter in map(chr, range(0xC0, 0x180)) if normalize("NFD", letter)[0].isascii()]
_LETTERS = ascii_uppercase + "".join(_LATIN) + "ÆæŒœØøÐðĐđŁłß’"
_PLAIN = "".join(normalize("NFD", letter)[0].lower() for letter in ascii_uppercase + "".join(_LATIN)) + "aaooooddddlls'"
_TABLE = str.maketrans(_LETTERS, _PLAIN)


def sort_key(name: str) -> str:
    """What stands in a :func:`sort_key_field` for this name; compare searched words with it."""
    return name.translate(_TABLE)


def sort_key_field(*names: str) -> models.GeneratedField:
    """A stored column to order and search by, made of these columns of the same row."""
    text = models.TextField()
    whole: F | Concat = F(names[0])
    for name in names[1:]:
        whole = Concat(whole, Value(" "), F(name), output_field=text)
    bare = Func(whole, Value(_LETTERS), Value(_PLAIN), function="translate", output_field=text)
    return models.GeneratedField(expression=bare, output_field=text, db_persist=True)
