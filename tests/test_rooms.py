"""A room knows the rooms below it and none above: not by the name of a table in SQL either.

The order of the rooms is that of the contract ``layers`` in ``pyproject.toml``. ``lint-imports`` reads the imports.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.checks import PRODUCT, set_up_django
from tests.table_names import Name, names_in_file, names_in_python, names_in_sql

# Settings name the modules of every room.
OF_NO_ROOM = frozenset(("config",))
# Tables that others bring, and everybody, from whom a right is revoked.
FREE = re.compile(r"(auth|account|django|mfa|pg|procrastinate)_\w+|public")


@lru_cache
def layers() -> list[tuple[frozenset[str], bool]]:
    """The rooms of each layer, from the top down, and whether those of one layer know each other."""
    pyproject = tomllib.loads((PRODUCT.parent / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (c for c in pyproject["tool"]["importlinter"]["contracts"] if c["id"] == "layers")
    return [(frozenset(re.findall(r"strapontin\.(\w+)", layer)), ":" in layer) for layer in contract["layers"]]


def height(room: str) -> int:
    """How many layers stand below the room's layer."""
    (depth,) = (depth for depth, (rooms, _) in enumerate(layers()) if room in rooms)
    return len(layers()) - 1 - depth


def may_know(room: str, other: str) -> bool:
    """Whether a room may know another one."""
    if room == other or room in OF_NO_ROOM:
        return True
    if height(room) != height(other):
        return height(room) > height(other)
    return next(know_each_other for rooms, know_each_other in layers() if room in rooms)


def room_of(path: Path) -> str:
    """The room in which a file of the product stands."""
    return path.relative_to(PRODUCT).parts[0].removesuffix(".py")


def room_of_module(module: str) -> str:
    """The room of a module of the product."""
    return module.split(".")[1]


@lru_cache
def rooms_of_tables() -> dict[str, str]:
    """The room of each table of ours."""
    set_up_django()
    from django.apps import apps

    return {model._meta.db_table: room_of_module(model.__module__) for model in apps.get_models() if is_ours(model)}


def is_ours(model: Any) -> bool:
    """Whether a model belongs to the product."""
    return str(model.__module__).startswith("strapontin.")


def files(*suffixes: str) -> Iterator[Path]:
    """The files of the product, without migrations and tests."""
    for path in sorted(PRODUCT.rglob("*")):
        inside = path.relative_to(PRODUCT)
        if (
            path.suffix in suffixes
            and not {"migrations", "tests"} & set(inside.parts)
            and inside != Path("__init__.py")
        ):
            yield path


def fault(room: str, name: Name) -> str | None:
    """What is wrong with the name of a table in SQL of this room, if anything is."""
    if FREE.fullmatch(name.text) and name.text not in rooms_of_tables():
        return None
    owner = rooms_of_tables().get(name.text)
    if owner is None:
        return f"names {name.text}, which is no table"
    return None if may_know(room, owner) else f"names {name.text}, a table of {owner}"


def test_every_package_has_a_place_in_the_order() -> None:
    packages = {path.parent.name for path in PRODUCT.glob("*/__init__.py")} | {"refusals"}
    assert packages - OF_NO_ROOM <= frozenset().union(*(rooms for rooms, _ in layers()))


def test_no_room_names_a_table_of_a_room_above() -> None:
    faults = [
        f"{path.relative_to(PRODUCT)}:{name.line} {what}"
        for path in files(".py", ".sql")
        for name in names_in_file(path)
        if (what := fault(room_of(path), name))
    ]
    assert not faults, "\n".join(["SQL names tables of rooms above:", *faults])


def test_every_sql_file_names_a_table() -> None:
    assert [path for path in files(".sql") if not names_in_file(path)] == []


def test_no_model_points_to_a_room_above() -> None:
    set_up_django()
    from django.apps import apps

    faults = []
    for model in filter(is_ours, apps.get_models()):
        for field in model._meta.get_fields():
            target = field.related_model
            if field.auto_created or target is None or not is_ours(target):
                continue
            if not may_know(room_of_module(model.__module__), room_of_module(target.__module__)):
                faults.append(f"{model._meta.label}.{field.name} points to {target._meta.label}")
    assert not faults, "\n".join(faults)


def imported_modules(source: str) -> Iterator[str]:
    """Every module that a source imports, also within functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_room_below_jobs_imports_jobs() -> None:
    faults = [
        str(path.relative_to(PRODUCT))
        for path in files(".py")
        if not may_know(room_of(path), "jobs")
        and any(f"{module}.".startswith("strapontin.jobs.") for module in imported_modules(path.read_text("utf-8")))
    ]
    assert faults == []


def test_no_function_writes_a_global_variable() -> None:
    # A room above could put a function of its own there: a call upwards that no contract sees.
    faults = [
        f"{path.relative_to(PRODUCT)}:{node.lineno} global {', '.join(node.names)}"
        for path in files(".py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Global)
    ]
    assert faults == []


def texts(names: Iterator[Name]) -> list[str]:
    """The names alone."""
    return [name.text for name in names]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM customer", ["customer"]),
        ("SELECT 1 FROM customer c, tenant WHERE c.id = tenant.id, site", ["customer", "tenant"]),
        ("SELECT 1 FROM site s JOIN balance b ON (b.a, b.b) = (s.a, s.b), period", ["site", "balance", "period"]),
        ("SELECT a, (SELECT max(b) FROM period), c FROM site, charge", ["period", "site", "charge"]),
        ("SELECT 1 FROM (customer c LEFT JOIN site s USING (id)), period", ["customer", "site", "period"]),
        (
            'SELECT 1 FROM ONLY public.site, "partner", LATERAL unnest(%s) AS u (a), charge',
            ["site", "partner", "charge"],
        ),
        ("INSERT INTO site (id, name) SELECT 1 FROM partner ON CONFLICT DO UPDATE SET a = 1", ["site", "partner"]),
        ("UPDATE balance b SET used = 1, version = 2 FROM customer c, tenant", ["balance", "customer", "tenant"]),
        ("DELETE FROM site USING customer WHERE true", ["site", "customer"]),
        ("SELECT 1 FROM site FOR NO KEY UPDATE OF site", ["site"]),
        ("LOCK TABLE site", ["site"]),
        ("TRUNCATE site, period", ["site", "period"]),
        ("SELECT extract(day FROM period), a IS DISTINCT FROM charge FROM site", ["site"]),
        ("SELECT 'FROM period' -- FROM charge\n /* JOIN balance */ FROM site", ["site"]),
        ("SELECT 1 FROM {table} JOIN %(table)s ON true JOIN site ON true", ["site"]),
        ("WITH due AS (SELECT 1 FROM period), x (a) AS MATERIALIZED (SELECT 1 FROM due) SELECT 1 FROM x", ["period"]),
        ("WITH period AS (SELECT 1 FROM period) SELECT 1 FROM period", ["period"]),
        ("WITH RECURSIVE period AS (SELECT 1 FROM period) SELECT 1 FROM period", []),
        ("WITH site AS (SELECT 1) UPDATE site SET a = 1", ["site"]),
    ],
)
def test_the_reader_finds_every_table(sql: str, expected: list[str]) -> None:
    assert texts(names_in_sql(sql)) == expected


def test_the_reader_knows_the_line() -> None:
    source = 'A = 1\nB = """\nSELECT 1\n  FROM site\n"""\n'
    assert list(names_in_python(source)) == [Name("site", 4)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""Docstring: DELETE FROM site."""\ndef f():\n    """UPDATE site."""\n    return "JOIN site"', ["site"]),
        ("f\"SELECT {column} FROM site WHERE {' AND '.join(x or ['JOIN period'])}\"", ["site", "period"]),
        ('run("SELECT 1 "\n    "FROM site, "\n    "period")', ["site", "period"]),
        ('update("site", {})', ["site"]),
        ('{"FROM": "site", "from": "JOIN", "x": "one from period"}', []),
    ],
)
def test_the_reader_looks_into_every_text(source: str, expected: list[str]) -> None:
    assert texts(names_in_python(source)) == expected


@pytest.mark.parametrize(
    ("room", "table", "is_fault"),
    [
        ("organisation", "customer", False),
        ("organisation", "invoice", True),
        ("billing", "customer", False),
        ("access", "journal_entry", False),
        ("kit", "partner", True),
        ("cli", "invoice", False),
        ("kit", "procrastinate_jobs", False),
        ("kit", "account", True),
        ("cli", "no_such_table", True),
    ],
)
def test_a_planted_name_is_found(room: str, table: str, is_fault: bool) -> None:
    (name,) = names_in_sql(f"SELECT 1 FROM {table}")
    assert (fault(room, name) is not None) == is_fault


def test_rooms_beside_each_other_do_not_know_each_other() -> None:
    assert not may_know("billing", "stacks")
    assert not may_know("web", "api")
    assert may_know("access", "journal")


def test_a_planted_import_is_found() -> None:
    source = "def f():\n    from strapontin.jobs import requests\n    import strapontin.jobs.tasks\n"
    assert list(imported_modules(source)) == ["strapontin.jobs.requests", "strapontin.jobs.tasks"]
