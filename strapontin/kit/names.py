"""Keys by which names are sorted and found as people expect.

É is sorted and found as E, a capital letter as the small one. PostgreSQL computes the columns that hold such keys. No
collation is used: one that does all this does not come with every server.
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
    """The key of a name, as a :func:`sort_key_field` contains it. The words of a search are brought to it, too."""
    return name.translate(_TABLE)


def sort_key_field(*names: str) -> models.GeneratedField:
    """A stored column to sort and search by: the key of these columns of the same row, with a space between two."""
    text = models.TextField()
    whole: F | Concat = F(names[0])
    for name in names[1:]:
        whole = Concat(whole, Value(" "), F(name), output_field=text)
    key = Func(whole, Value(_LETTERS), Value(_PLAIN), function="translate", output_field=text)
    return models.GeneratedField(expression=key, output_field=text, db_persist=True)
