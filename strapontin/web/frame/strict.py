"""In tests and in debug mode, a missing template variable fails instead of showing nothing.

Setting: ``TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = RAISE`` (``if TESTING or DEBUG``). ``{% if %}`` and
``{% for %}`` still take a missing variable for nothing, as Django has it.
"""

from typing import NoReturn, SupportsIndex


class MissingVariableError(LookupError):
    """A template asked for a variable that its view did not give."""


class _Raise(str):
    """Django formats ``string_if_invalid`` with the name if it holds "%s": this one then raises."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, value: object) -> NoReturn:
        raise MissingVariableError(f"the template variable {value} is missing")

    def __html__(self) -> NoReturn:
        raise MissingVariableError("a template variable is missing")

    def __getitem__(self, key: SupportsIndex | slice) -> NoReturn:
        raise MissingVariableError("a template variable is missing")


RAISE = _Raise("missing")
