"""The papers on security are complete, and what they name exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.servers import REPOSITORY

DOCS = REPOSITORY / "docs"
POLICY, LIST = (DOCS / name for name in ("security.md", "security-asvs.md"))
VERDICTS = {"passed", "n/a", "remains"}

# The ids of OWASP ASVS 5.0.0. "1.2.1-5" stands for V1.2.1 to V1.2.5.
LEVEL_1 = """
    1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1 6.2.1-8
    6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1 12.2.1-2 13.4.1
    14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
LEVEL_2 = """
    1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3 4.2.1
    4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5
    7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2
    11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4
    14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""

_ROW = re.compile(r"^\| (V\d[^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| (.*) \|$", re.MULTILINE)
_NAMED = re.compile(r"`((?:strapontin|tests|docs)/[\w./-]+)(?:::(\w+))?`")
_LINK = re.compile(r"\]\((?!https:)([^)#]*)(?:#([^)]*))?\)")


def ids(ranges: str) -> set[str]:
    """The ids that the ranges stand for."""
    return {
        f"V{section}.{number}"
        for section, first, last in re.findall(r"(\d+\.\d+)\.(\d+)(?:-(\d+))?", ranges)
        for number in range(int(first), int(last or first) + 1)
    }


def rows() -> list[tuple[list[str], str, str, str]]:
    """Of each row of the list: ids, levels, verdict, reason."""
    return [(row[0].split(", "), row[1], row[3], row[4]) for row in _ROW.findall(LIST.read_text())]


@cache
def functions(path: Path) -> set[str]:
    """The functions of a file."""
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


@cache
def anchors(path: Path) -> set[str]:
    """The anchors of the heads of a paper, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_requirement_stands_there_once() -> None:
    assert (len(ids(LEVEL_1)), len(ids(LEVEL_2))) == (70, 183)
    count = Counter(name for names, *_ in rows() for name in names)
    assert {name: times for name, times in count.items() if times > 1} == {}
    assert set(count) == ids(LEVEL_1) | ids(LEVEL_2)


def test_every_row_has_its_level_a_verdict_and_a_reason() -> None:
    for names, level, verdict, reason in rows():
        assert level == ", ".join(sorted({"1" if name in ids(LEVEL_1) else "2" for name in names})), names
        assert verdict in VERDICTS, names
        assert reason.strip(), names


def test_what_remains_of_level_1_is_said() -> None:
    remaining = {name for names, _, verdict, _ in rows() if verdict == "remains" for name in names} & ids(LEVEL_1)
    text = POLICY.read_text().partition("## What remains")[2]
    assert set(re.findall(r"\*\*(V[\d.]+)\*\*", text)) == remaining


@pytest.mark.parametrize("paper", [POLICY, LIST], ids=lambda paper: paper.name)
def test_what_is_named_exists(paper: Path) -> None:
    missing = []
    for name, function in _NAMED.findall(paper.read_text()):
        path = REPOSITORY / name
        if not path.exists() or (function and function not in functions(path)):
            missing.append((name, function))
    for name, anchor in _LINK.findall(paper.read_text()):
        path = (paper.parent / name).resolve() if name else paper
        if not path.exists() or (anchor and anchor not in anchors(path)):
            missing.append((name, anchor))
    assert missing == []


def test_a_name_that_is_none_is_found() -> None:
    assert _NAMED.findall("`tests/x.py::test_y`, `strapontin/z.py`") == [
        ("tests/x.py", "test_y"),
        ("strapontin/z.py", ""),
    ]
    assert "test_a_name_that_is_none_is_found" in functions(Path(__file__))
    assert {"limits", "the-sandboxs-clock"} <= anchors(DOCS / "guide" / "operations.md")
