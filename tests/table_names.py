"""Reads the names of tables out of SQL: in ``.sql`` files, and in the texts of Python files.

This is no parser of SQL. It knows after which words a table is named, and it relies on a habit of the house: the
words of SQL are in capitals, the names of tables are not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(
    r"""
    (?P<skipped> \s+ | --[^\n]* | /\*.*?\*/ | '(?:[^']|'')*' )
  | (?P<word> [A-Za-z_]\w* | "[^"]*" )
  | (?P<other> %\(\w+\)s | %s | \{[^{}]*\} | . )
    """,
    re.VERBOSE | re.DOTALL,
)
# Names of tables follow, separated by commas.
_LISTS = frozenset(("FROM", "USING", "TRUNCATE"))
# The name of a table follows.
_CHANGES = frozenset(("INTO", "UPDATE", "TABLE", "COPY"))
_LIST_ENDS = frozenset(("WHERE", "GROUP", "WINDOW", "ORDER", "FOR", "RETURNING", "SET", "SELECT", "VALUES"))
_BEFORE_NAME = frozenset(("ONLY", "LATERAL", "IF", "NOT", "EXISTS", "TABLE"))
_NO_NAME = frozenset(("SELECT", "WITH", "VALUES", "SET", "OF", "SKIP", "NOWAIT", "STDIN", "STDOUT"))
# ``FOR UPDATE``, ``FOR NO KEY UPDATE``, ``DO UPDATE`` and ``ON UPDATE`` name no table.
_NO_UPDATE_AFTER = frozenset(("FOR", "KEY", "DO", "ON"))
# ``extract(day FROM …)`` and its like.
_CALLS_WITH_FROM = frozenset(("EXTRACT", "SUBSTRING", "TRIM", "OVERLAY"))
# Functions of ours whose first argument is the name of a table.
_CALLS_WITH_TABLE = frozenset(("update",))


@dataclass(frozen=True, slots=True)
class Name:
    """A name where SQL expects a table, and the line on which it stands."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    line: int
    is_word: bool

    @property
    def name(self) -> str:
        return self.text[1:-1] if self.text.startswith('"') else self.text.lower()


@dataclass(slots=True)
class _Level:
    """What stands between two parentheses."""

    in_list: bool = False
    is_call_with_from: bool = False


def names_in_file(path: Path) -> list[Name]:
    """The names of tables in an ``.sql`` file, or in the texts of a Python file."""
    source = path.read_text(encoding="utf-8")
    return list(names_in_sql(source) if path.suffix == ".sql" else names_in_python(source))


def names_in_python(source: str) -> Iterator[Name]:
    """The names of tables in every text of a module except docstrings."""
    yield from _names_below(ast.parse(source))


def _names_below(node: ast.AST) -> Iterator[Name]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from names_in_sql(node.value, node.lineno)
        return
    if isinstance(node, ast.JoinedStr):
        # What an f-string puts in is unknown here: a character that is part of no name stands for it.
        parts = [str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values]
        yield from names_in_sql("".join(parts), node.lineno)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _names_below(part.value)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS_WITH_TABLE:
        table = node.args[0] if node.args else None
        if isinstance(table, ast.Constant):
            yield Name(str(table.value), table.lineno)
    for child in ast.iter_child_nodes(node):
        yield from _names_below(child)


def names_in_sql(sql: str, line: int = 1) -> Iterator[Name]:
    """The names of tables in a statement that begins on ``line``, without those that it defines by ``WITH``."""
    tokens = list(_tokens(sql, line))
    defined = dict(_definitions(tokens))
    levels = [_Level()]
    for index, token in enumerate(tokens):
        before = tokens[index - 1].text if index else ""
        level = levels[-1]
        if token.text == "(":
            levels.append(_Level(is_call_with_from=before.upper() in _CALLS_WITH_FROM))
        elif token.text == ")":
            if len(levels) > 1:
                levels.pop()
        elif token.text in _LIST_ENDS:
            level.in_list = False
        elif _begins_list(tokens, index, level):
            level.in_list = True
            yield from _changed_at(tokens, index + 1) if before == "DELETE" else _read_at(tokens, index + 1, defined)
        elif token.text == "JOIN" or (token.text == "," and level.in_list):
            yield from _read_at(tokens, index + 1, defined)
        elif token.text in _CHANGES and not (token.text == "UPDATE" and before in _NO_UPDATE_AFTER):
            yield from _changed_at(tokens, index + 1)


def _tokens(sql: str, line: int) -> Iterator[_Token]:
    for match in _TOKEN.finditer(sql):
        if match.lastgroup != "skipped":
            yield _Token(match[0], line, is_word=match.lastgroup == "word")
        line += match[0].count("\n")


def _begins_list(tokens: Sequence[_Token], index: int, level: _Level) -> bool:
    word, before = tokens[index].text, tokens[index - 1].text if index else ""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if word not in _LISTS or following is None:
        return False
    if word == "USING":
        return following.is_word
    # ``IS DISTINCT FROM`` compares two values.
    return not level.is_call_with_from and before != "DISTINCT"


def _read_at(tokens: Sequence[_Token], index: int, defined: dict[str, int]) -> Iterator[Name]:
    """The name at a place where a table is read. A call of a function and a defined name are none."""
    at = _place_of_name(tokens, index)
    if at is not None and not (at + 1 < len(tokens) and tokens[at + 1].text == "("):
        token = tokens[at]
        if at < defined.get(token.name, at + 1):
            yield Name(token.name, token.line)


def _changed_at(tokens: Sequence[_Token], index: int) -> Iterator[Name]:
    """The name at a place where a table is changed: ``WITH`` defines none of these."""
    at = _place_of_name(tokens, index)
    if at is not None:
        yield Name(tokens[at].name, tokens[at].line)


def _place_of_name(tokens: Sequence[_Token], index: int) -> int | None:
    while index < len(tokens) and (tokens[index].text in _BEFORE_NAME or tokens[index].text == "("):
        index += 1
    if index >= len(tokens) or not tokens[index].is_word or tokens[index].text in _NO_NAME:
        return None
    # Of ``public.customer``, the last word.
    while index + 2 < len(tokens) and tokens[index + 1].text == "." and tokens[index + 2].is_word:
        index += 2
    return index


def _definitions(tokens: Sequence[_Token]) -> Iterator[tuple[str, int]]:
    """The names that ``WITH`` defines, each with the place from which on it hides a table of this name."""
    recursive = any(token.text == "RECURSIVE" for token in tokens)
    for index, token in enumerate(tokens):
        if token.text != "AS":
            continue
        opening = index + 1
        while opening < len(tokens) and tokens[opening].text in ("NOT", "MATERIALIZED"):
            opening += 1
        if opening >= len(tokens) or tokens[opening].text != "(":
            continue
        name = index - 1
        if tokens[name].text == ")":
            name = _partner(tokens, name, step=-1) - 1
        if name >= 0 and tokens[name].is_word:
            yield tokens[name].name, opening if recursive else _partner(tokens, opening, step=1)


def _partner(tokens: Sequence[_Token], index: int, *, step: int) -> int:
    """The place of the parenthesis that belongs to the one at ``index``."""
    depth = 0
    while 0 <= index < len(tokens):
        depth += {"(": step, ")": -step}.get(tokens[index].text, 0)
        if depth == 0:
            break
        index += step
    return index
