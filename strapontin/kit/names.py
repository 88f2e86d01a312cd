"""Keys by which names are sorted and found as people expect, in every script.

É is sorted and found as E, a capital letter as the small one, œ as oe, whether letters are composed or not. PostgreSQL
computes the same keys by its function ``search_key``. No collation is used: one that does all this does not come with
every server.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from unicodedata import combining, normalize

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Concat

# Longer keys would not fit into an index: 600 characters of four bytes.
_LONGEST = 600
# Latin, Greek, Cyrillic and Armenian letters come up to here.
_LAST_EUROPEAN = "\u058f"
# Letters that Unicode does not take apart, as people type them without such a keyboard.
_APART = {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"}
_LIKE = {"ø": "o", "ð": "d", "đ": "d", "ħ": "h", "ł": "l", "ŧ": "t", "ı": "i", "’": "'", "ʼ": "'"}


def sort_key(name: str) -> str:
    """The key of a name, as a :func:`sort_key_field` contains it. The words of a search are brought to it, too."""
    if name.isascii():
        return name.lower()
    key = "".join(_small(char) for char in normalize("NFKD", name) if not _is_accent(char))
    for letter, letters in _APART.items():
        key = key.replace(letter, letters)
    return key[:_LONGEST]


def _is_accent(char: str) -> bool:
    # Not the marks of Japanese voiced sounds (class 8) and the signs that silence a vowel (9): they make another word.
    return combining(char) not in (0, 8, 9)


@lru_cache(maxsize=10_000)
def _small(char: str) -> str:
    """The small letter of a letter that was taken apart; the letter itself if there is none."""
    small = char.casefold()
    if len(small) > 1:
        return "ß" if small == "ss" else char
    return _LIKE.get(small, small)


def sort_key_field(*names: str) -> models.GeneratedField:
    """A stored column to sort and search by: the key of these columns of the same row, with a space between two."""
    text = models.TextField()
    whole: F | Concat = F(names[0])
    for name in names[1:]:
        whole = Concat(whole, Value(" "), F(name), output_field=text)
    key = Func(whole, function="search_key", output_field=text)
    return models.GeneratedField(expression=key, output_field=text, db_persist=True)


def search_key_functions() -> tuple[str, str]:
    """The statements that make ``search_key(text)``, equal to :func:`sort_key`, and what it stands on.

    A text in ASCII costs next to nothing, and one that is in ASCII without its accents little: ``translate`` compares
    each letter with each of its table.
    """
    letters = [chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF]
    accents = _ranges(char for char in letters if _is_accent(char))
    capitals = [char for char in letters[128:] if normalize("NFKD", char) == char and _small(char) != char]
    european = [char for char in capitals if char <= _LAST_EUROPEAN]
    small = f"""
       CASE WHEN octet_length(letters) = length(letters) THEN letters
            WHEN letters ~ '^[\\u0001-\\u{ord(_LAST_EUROPEAN):04x}]*$' THEN translate(letters, {_table(european)})
            ELSE translate(letters, {_table(capitals)}) END"""
    for letter, plain in _APART.items():
        small = f"replace({small}, '{letter}', '{plain}')"
    return (
        f"""
CREATE OR REPLACE FUNCTION search_key_of_letters(letters text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(lower({small} COLLATE "C"), {_LONGEST})
""",
        f"""
CREATE OR REPLACE FUNCTION search_key(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(value) = length(value) THEN lower(value COLLATE "C")
            ELSE search_key_of_letters(regexp_replace(normalize(value, NFKD), '[{accents}]+', '', 'g')) END
""",
    )


def _table(capitals: Sequence[str]) -> str:
    return f"{_quoted(capitals)}, {_quoted(map(_small, capitals))}"


def _quoted(chars: Iterable[str]) -> str:
    return "'" + "".join(chars).replace("'", "''") + "'"


def _ranges(chars: Iterable[str]) -> str:
    """The characters, in order, for a bracket of a regular expression."""
    ranges: list[list[int]] = []
    for point in map(ord, chars):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
