"""Makes typed rows of the columns that a query answers, and JSON of typed values for a statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, get_type_hints

import msgspec

MakeRow = Callable[[Sequence[Any]], Any]

# The object ids of PostgreSQL's types json and jsonb: the same on every server.
_JSON = (114, 3802)


class Value:
    """The shape of a query with one column: each row is the value of that column."""


class Counted:
    """The shape of an answer whose rows are only counted."""


def row_maker(shape: type[Any], names: tuple[str, ...], types: tuple[int, ...]) -> MakeRow:
    """A function that makes one row of ``shape`` from the values of the columns ``names``.

    ``shape`` is a dataclass whose fields have the names of the columns, :class:`Value`, or :class:`Counted`. A column
    of the type json or jsonb is decoded into the type that its field declares. Raises :class:`TypeError` if the
    columns and the fields do not have the same names.
    """
    if shape is Value:
        return _value_maker(names, types)
    if shape is Counted:
        return lambda values: None
    expected = tuple(field.name for field in fields(shape))
    if set(expected) != set(names) or len(expected) != len(names):
        raise TypeError(f"{shape.__name__} has the fields {expected}, the statement answers {names}")
    decoders = _decoders(shape, names, types)
    order = None if expected == names else [names.index(name) for name in expected]

    def make(values: Sequence[Any]) -> Any:
        if decoders:
            values = _decoded(values, decoders)
        return shape(*values) if order is None else shape(*[values[place] for place in order])

    return make


def json_of(value: Any) -> str:
    """``value`` as JSON, for a parameter of the type json or jsonb: dataclasses as objects, ids and dates as text."""
    return msgspec.json.encode(value).decode()


def _value_maker(names: tuple[str, ...], types: tuple[int, ...]) -> MakeRow:
    if len(names) != 1:
        raise TypeError(f"one column is expected, the statement answers {names}")
    if types[0] in _JSON:
        return lambda values: _any_json(values[0])
    return lambda values: values[0]


def _decoders(
    shape: type[Any], names: tuple[str, ...], types: tuple[int, ...]
) -> list[tuple[int, Callable[[Any], Any]]]:
    places = [place for place, type_ in enumerate(types) if type_ in _JSON]
    hints = get_type_hints(shape) if places else {}
    return [(place, _json_decoder(hints[names[place]])) for place in places]


def _decoded(values: Sequence[Any], decoders: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    decoded = list(values)
    for place, decode in decoders:
        decoded[place] = decode(decoded[place])
    return decoded


def _json_decoder(type_: Any) -> Callable[[Any], Any]:
    decoder = msgspec.json.Decoder(type_)

    def decode(text: Any) -> Any:
        return None if text is None else decoder.decode(text)

    return decode


_any_json = _json_decoder(Any)
