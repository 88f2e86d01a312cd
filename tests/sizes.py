"""How long files and functions are, and that no room of the domain answers dicts.

Run by ``make check``; needs no database.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
# Nine files of ten are at most this long.
LONG_FILE = 250
# The gallery's samples are long and simple.
LONGEST_FUNCTION = {"strapontin": 70, "benchmarks": 70, "tests": 80}
# What is a dict by nature: documents of REST, contexts of templates, Django's settings. The kit knows no rows of ours.
SIMULATOR = "strapontin/stacks/wazo/simulator/"
MAY_RETURN_DICTS = tuple(f"strapontin/{room}/" for room in ("api", "web", "config", "kit", "cli"))


@dataclass(frozen=True, order=True, slots=True)
class Measure:
    """Something that is counted in lines, and where it stands."""

    lines: int
    place: str

    def __str__(self) -> str:
        return f"{self.place} has {self.lines} lines"


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file of ours."""

    path: str
    lines: int
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> Module:
        """The module that has this text."""
        return cls(path, text.count("\n"), ast.parse(text))


@lru_cache
def modules() -> list[Module]:
    """Every module of ours, in the order of the paths."""
    paths = sorted(path for folder in LONGEST_FUNCTION for path in (REPOSITORY / folder).rglob("*.py"))
    return [Module.of(path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def files() -> list[Measure]:
    """Every file, the longest first."""
    return sorted((Measure(module.lines, module.path) for module in modules()), reverse=True)


def functions_in(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, with those within it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lengths_in(module: Module) -> Iterator[Measure]:
    """How long each function of a module is."""
    for node in functions_in(module):
        yield Measure((node.end_lineno or node.lineno) - node.lineno + 1, f"{module.path}:{node.lineno} {node.name}")


@lru_cache
def functions(folder: str) -> list[Measure]:
    """Every function below a folder, the longest first. A migration is written once and never changed."""
    ours = (module for module in modules() if module.path.startswith(f"{folder}/"))
    return sorted(
        (length for module in ours if "/migrations/" not in module.path for length in lengths_in(module)), reverse=True
    )


def returning_dicts_in(module: Module) -> Iterator[str]:
    """The functions of a module whose result is, or contains, a ``dict[str, Any]``."""
    for node in functions_in(module):
        if node.returns is not None and "dict[str, Any]" in ast.unparse(node.returns):
            yield f"{module.path}:{node.lineno} {node.name}"


@lru_cache
def returning_dicts() -> list[str]:
    """The functions of the domain that answer dicts: a row is a class."""
    ours = (module for module in modules() if module.path.startswith("strapontin/") and "/tests/" not in module.path)
    rooms = (module for module in ours if not module.path.startswith((*MAY_RETURN_DICTS, SIMULATOR)))
    return [place for module in rooms for place in returning_dicts_in(module)]


def faults() -> Iterator[str]:
    """What is longer, or more, than it may be."""
    measures = files()
    yield from (str(file) for file in measures if file.lines > LONGEST_FILE)
    tenth = measures[len(measures) // 10]
    if tenth.lines > LONG_FILE:
        yield f"one file of ten has over {LONG_FILE} lines: {tenth}"
    for folder, most in LONGEST_FUNCTION.items():
        yield from (str(function) for function in functions(folder) if function.lines > most)
    yield from (f"{place} returns dict[str, Any]" for place in returning_dicts())


def worst() -> Iterator[str]:
    """The longest of each kind."""
    measures = files()
    yield f"longest file: {measures[0]}; one of ten has {measures[len(measures) // 10].lines} or more"
    for folder in LONGEST_FUNCTION:
        yield f"longest function: {functions(folder)[0]}"
