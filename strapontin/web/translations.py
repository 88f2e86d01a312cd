"""The French catalogue: find our strings, keep ``django.po``, compile ``django.mo``; Babel does each of them.

Run it after any change of a text that people read, and commit ``django.po``::

    python -m strapontin.web.translations          # adds what is missing (empty), drops what is gone, compiles
    python -m strapontin.web.translations check    # fails on a missing, doubted or gone one
    python -m strapontin.web.translations compile  # writes django.mo, which is in no commit

Strings are those of templates (``translate``, ``blocktranslate``, ``_()``) and of Python calls of the gettext
family with literal arguments, in the whole package. The source text is English. An entry is written by hand
after its empty one was added; French plurals have two forms (0 and 1; from 2 on).
"""

import ast
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import strapontin

PACKAGE = Path(strapontin.__file__).resolve().parent
CATALOGUE = PACKAGE / "web" / "locale" / "fr" / "LC_MESSAGES" / "django.po"

# Babel's own header holds the time and its version: two branches would always differ there.
_HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Language: fr\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

"""
# The names that our code calls gettext by, and which arguments are the text, its plural and its context ("c").
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_CODE, _TEMPLATE = "strapontin.web.translations:extract_code", "strapontin.web.translations:extract_template"
_METHODS = [("**.py", _CODE), ("**.html", _TEMPLATE), ("**/templates/**.txt", _TEMPLATE)]


def texts(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """The text of a message's ``id`` or ``string``, and that of its plural if it has one."""
    return (value or "",) if isinstance(value, str | None) else tuple(value)


def extract_code(
    code: IO[bytes], keywords: Collection[str], _comment_tags: Collection[str], options: Any
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """The strings of a Python file, for Babel.

    Babel's own method finds none within an f-string (before Python 3.12), and one in ``_(row["label"])``.
    """
    for node in ast.walk(ast.parse(code.read())):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in keywords:
                yield node.lineno, name, tuple(_literal(argument) for argument in node.args), []


def _literal(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def extract_template(
    template: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[Any]:
    """The strings of a Django template, for Babel."""
    from django.utils.translation.template import templatize

    # Django rewrites a template as Python calls among noise, whose indentation means nothing.
    calls = "\n".join(line.strip() for line in templatize(template.read().decode()).splitlines())
    return extract_python(BytesIO(calls.encode()), keywords, comment_tags, options)


def find_strings(package: Path = PACKAGE) -> Catalog:
    """Every text of the package that is translated, by the first file it stands in.

    Raises ``ValueError`` for a text that is counted in one place and not, or otherwise, in another: gettext
    looks both up by the same key.
    """
    found = Catalog()
    strings = extract_from_dir(package, _METHODS, keywords=_KEYWORDS)
    for file, _line, text, _comments, context in sorted(strings, key=lambda each: (each[0], texts(each[2]))):
        known = found.get(text, context)
        if known and known.id != text:
            raise ValueError(f"{text!r} in {file} is {known.id!r} elsewhere: give one of them a context")
        found.add(text, locations=[(file, 0)], context=context)
    return found


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    """The catalogue of a file."""
    return read_po(BytesIO(path.read_bytes()), locale="fr")


def entries(catalogue: Catalog) -> list[Message]:
    """The messages of a catalogue, without its header, which Babel has for one."""
    return [message for message in catalogue if message.id]


def write_catalogue(catalogue: Catalog, path: Path = CATALOGUE) -> None:
    """Write a catalogue in its order, without line numbers, so that differences stay small."""
    written = BytesIO()
    write_po(written, catalogue, width=0, omit_header=True, ignore_obsolete=True)
    path.write_bytes(_HEADER.encode() + written.getvalue().rstrip() + b"\n")


def is_stale(path: Path = CATALOGUE) -> bool:
    """Whether ``django.mo`` is missing or not of the age of ``django.po``; a wheel has only the former."""
    compiled = path.with_suffix(".mo")
    return path.exists() and not (compiled.exists() and compiled.stat().st_mtime_ns == path.stat().st_mtime_ns)


def compile_catalogue(path: Path = CATALOGUE) -> None:
    """Write ``django.mo``, of the age of its ``django.po``; several processes may do so at once."""
    unfinished = path.with_suffix(f".{os.getpid()}.mo")
    written = path.stat()
    with unfinished.open("wb") as file:
        write_mo(file, read_catalogue(path))
    os.utime(unfinished, ns=(written.st_atime_ns, written.st_mtime_ns))
    unfinished.replace(path.with_suffix(".mo"))


def problems(package: Path = PACKAGE, path: Path = CATALOGUE) -> list[str]:
    """What keeps the catalogue from being complete, in sentences; empty when all is well."""
    found, known = find_strings(package), read_catalogue(path)
    said = []
    for message in entries(found):
        entry = known.get(message.id, message.context)
        if entry is None or entry.id != message.id:
            said.append(f"missing: {_name(message)} in {', '.join(file for file, _line in message.locations)}")
        elif entry.fuzzy or not all(texts(entry.string)):
            said.append(f"not translated: {_name(entry)}")
    gone = [entry for entry in entries(known) if found.get(entry.id, entry.context) is None]
    return said + [f"no longer used: {_name(entry)}" for entry in gone]


def _name(message: Message) -> str:
    text = repr(texts(message.id)[0])
    return f"{text} ({message.context})" if message.context else text


def update(package: Path = PACKAGE, path: Path = CATALOGUE) -> None:
    """Bring the catalogue to the texts of the package and compile it."""
    catalogue = read_catalogue(path)
    catalogue.update(find_strings(package), no_fuzzy_matching=True)
    write_catalogue(catalogue, path)
    compile_catalogue(path)


def main(arguments: list[str]) -> int:
    """Update the catalogue; or with "check" only say what is wrong with it, with "compile" only compile it."""
    if arguments == ["compile"]:
        compile_catalogue()
        return 0
    if arguments != ["check"]:
        update()
    said = problems()
    for line in said:
        print(line, file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
