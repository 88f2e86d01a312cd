"""The limits of ``tests/sizes.py`` hold, and its measures see what is planted."""

from __future__ import annotations

import pytest

from tests import sizes
from tests.sizes import Measure, Module


def test_nothing_is_longer_or_more_than_it_may_be() -> None:
    print(*sizes.worst(), sep="\n")
    assert list(sizes.faults()) == []


def test_a_function_is_measured_from_its_name_to_its_end() -> None:
    text = "@decorator\ndef outer():\n    async def inner():\n        pass\n\n    return inner\n"
    assert list(sizes.lengths_in(Module.of("a.py", text))) == [Measure(5, "a.py:2 outer"), Measure(2, "a.py:3 inner")]


@pytest.mark.parametrize(
    ("returned", "is_found"),
    [
        ("dict[str, Any]", True),
        ("list[dict[str, Any]]", True),
        ("dict[str, Any] | None", True),
        ("dict[str, int]", False),
        ("Customer", False),
    ],
)
def test_a_dict_that_is_returned_is_found(returned: str, is_found: bool) -> None:
    text = f"class A:\n    def f(self, given: dict[str, Any]) -> {returned}: ...\n"
    assert list(sizes.returning_dicts_in(Module.of("a.py", text))) == (["a.py:2 f"] if is_found else [])


@pytest.mark.parametrize(
    ("limit", "value", "sentence"),
    [
        ("LONGEST_FILE", 100, "has"),
        ("LONG_FILE", 100, "one file of ten"),
        ("LONGEST_FUNCTION", {"strapontin": 30}, "has"),
        ("MAY_RETURN_DICTS", ("strapontin/kit/",), "returns dict"),
    ],
)
def test_each_limit_can_fail(monkeypatch: pytest.MonkeyPatch, limit: str, value: object, sentence: str) -> None:
    monkeypatch.setattr(sizes, limit, value)
    sizes.returning_dicts.cache_clear()
    assert any(sentence in fault for fault in sizes.faults())
    sizes.returning_dicts.cache_clear()
