"""Two promises that no linter knows: every model has its migrations, every sentence its French.

Run by ``make check``; needs no database.
"""

from __future__ import annotations

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PRODUCT = REPOSITORY / "strapontin"
LOCALE = PRODUCT / "web" / "locale"
TRANSLATING = {
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "npgettext",
    "_",
}


def main() -> int:
    """Print what is missing; 1 if anything is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strapontin.config.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql:///strapontin")
    os.environ.setdefault("STRAPONTIN_SECRET_KEY", "only-for-checks")
    import django

    django.setup()
    faults = [*missing_migrations(), *missing_translations(), *stale_catalogues()]
    for fault in faults:
        print(fault, file=sys.stderr)
    print("migrations and translations: " + (f"{len(faults)} missing" if faults else "complete"))
    return 1 if faults else 0


def missing_migrations() -> Iterator[str]:
    """Changes of models that no migration carries out."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None, ignore_no_migrations=True)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    for app, migrations in detector.changes(graph=loader.graph).items():
        if not Path(apps.get_app_config(app).path).is_relative_to(PRODUCT):
            continue
        for operation in migrations[0].operations:
            yield f"{app}: no migration to {operation.describe().lower()}"


def missing_translations() -> Iterator[str]:
    """Sentences marked for translation that the French catalogue lacks."""
    known = {_key(entry) for path in LOCALE.glob("fr/LC_MESSAGES/*.mo") for entry in _entries(path)}
    for path, sentence in sorted({*_sentences_of_code(), *_sentences_of_templates()}):
        if sentence not in known:
            yield f"{path.relative_to(REPOSITORY)}: no French for “{sentence}”"


def _entries(compiled: Path) -> dict[str | tuple[str, int], str]:
    with compiled.open("rb") as file:
        entries: dict[str | tuple[str, int], str] = vars(gettext.GNUTranslations(file))["_catalog"]
        return entries


def _key(entry: str | tuple[str, int]) -> str:
    """The sentence alone, without the number of a plural and without a context."""
    sentence = entry if isinstance(entry, str) else entry[0]
    return sentence.rpartition("\x04")[2]


def _sentences_of_code() -> Iterator[tuple[Path, str]]:
    for path in PRODUCT.rglob("*.py"):
        if "tests" not in path.parts:
            yield from ((path, sentence) for sentence in _marked(path.read_text(encoding="utf-8")))


def _marked(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in TRANSLATING:
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        # A context comes first; of singular and plural, the singular is the key.
        skipped = 1 if name in ("pgettext", "npgettext") else 0
        yield from texts[skipped : skipped + 1]


def _sentences_of_templates() -> Iterator[tuple[Path, str]]:
    from django.utils.translation.template import templatize

    for path in (PRODUCT / "web").rglob("*.html"):
        python_like = templatize(path.read_text(encoding="utf-8"))
        for call in re.finditer(r"""\b_?n?p?(?:gettext|_)\((u?(?:'(?:\\.|[^'])*'|"(?:\\.|[^"])*"))""", python_like):
            yield path, str(ast.literal_eval(call.group(1))).replace("%%", "%")


def stale_catalogues() -> Iterator[str]:
    """Compiled catalogues that differ from their source, where this machine can compile."""
    if shutil.which("msgfmt") is None:
        return
    for source in sorted(LOCALE.rglob("*.po")):
        with tempfile.NamedTemporaryFile(suffix=".mo") as compiled:
            subprocess.run(["msgfmt", "--output-file", compiled.name, str(source)], check=True)
            fresh = _entries(Path(compiled.name))
        committed = source.with_suffix(".mo")
        if not committed.exists():
            yield f"{committed.relative_to(REPOSITORY)}: not compiled (msgfmt)"
            continue
        if _entries(committed) != fresh:
            yield f"{committed.relative_to(REPOSITORY)}: older than its source (msgfmt)"


if __name__ == "__main__":
    sys.exit(main())
