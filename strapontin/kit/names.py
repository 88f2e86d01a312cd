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
from uuid import UUID

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Cast, Concat

# Longer keys would not fit into an index: 600 characters of four bytes.
_LONGEST = 600
# Latin, Greek, Cyrillic and Armenian letters come up to here.
_LAST_EUROPEAN = "\u058f"
# Letters that Unicode does not take apart, as people type them without such a keyboard.
_APART = {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"}
_LIKE = {"ø": "o", "ð": "d", "đ": "d", "ħ": "h", "ł": "l", "ŧ": "t", "ı": "i", "’": "'", "ʼ": "'"}
# What stands between two words, in names, addresses and numbers: every ASCII sign but letters and digits.
_SIGNS = "".join(char for char in map(chr, range(33, 127)) if not char.isalnum())
_APART_AT_SIGNS = str.maketrans(_SIGNS, " " * len(_SIGNS))
# A longer word would not fit into the index: 500 characters of four bytes.
_LONGEST_TEXT = 500


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


def search_words(text: str) -> list[str]:
    """The words of a search or of a name, each once, as a :func:`search_words_field` contains them."""
    return list(dict.fromkeys(sort_key(text)[:_LONGEST_TEXT].translate(_APART_AT_SIGNS).split()))


def place_word(place_id: UUID) -> str:
    """The word by which a :func:`search_words_field` contains an id. Nobody types it: a sign begins it."""
    return f"@{place_id}"


def search_words_field(*names: str, places: Sequence[str] = ()) -> models.GeneratedField:
    """A stored column to search by the beginnings of words in any order: those of the columns ``names``.

    ``places`` are columns with ids, which are found as :func:`place_word`. A GIN index serves the search.
    """
    texts: list[F | Value] = [F(names[0])]
    for name in names[1:]:
        texts += [Value(" "), F(name)]
    whole = Concat(*texts, output_field=models.TextField()) if len(texts) > 1 else texts[0]
    ids = [Concat(Value("@"), Cast(F(place), models.TextField()), output_field=models.TextField()) for place in places]
    vector = SearchVectorField()
    words = Func(whole, *ids, function="search_words", output_field=vector)
    return models.GeneratedField(expression=words, output_field=vector, db_persist=True)


def search_words_function() -> str:
    """The statement that makes ``search_words(text, …)``: the words of :func:`search_words`, and further ones."""
    signs = _SIGNS.replace("'", "''")
    return f"""
CREATE OR REPLACE FUNCTION search_words(value text, VARIADIC further text[] DEFAULT '{{}}') RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(array_remove(string_to_array(
    translate(left(search_key(value), {_LONGEST_TEXT}), '{signs}', '{" " * len(_SIGNS)}'), ' '), '') || further)
"""


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
