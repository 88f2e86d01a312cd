"""The French catalogue without GNU gettext: find our strings, keep ``django.po``, compile ``django.mo``.

Run it after any change of a text that people read, and commit both files::

    python -m strapontin.web.translations          # adds what is missing (empty), drops what is gone, compiles
    python -m strapontin.web.translations check    # fails on a missing, fuzzy, gone or uncompiled one

Strings are those of templates (``translate``, ``blocktranslate``, ``_()``) and of Python calls of the gettext
family with literal arguments, in the whole package. The source text is English. An entry is written by hand
after its empty one was added; French plurals have two forms (0 and 1; from 2 on).
"""

import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import strapontin

PACKAGE = Path(strapontin.__file__).resolve().parent
CATALOGUE = PACKAGE / "web" / "locale" / "fr" / "LC_MESSAGES" / "django.po"

_HEADER = (
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Language: fr\n"
    "Plural-Forms: nplurals=2; plural=(n > 1);\n"
)
# The names our code calls gettext by, and what their first arguments are.
_CALLS = {
    "_": ("id",),
    "gettext": ("id",),
    "gettext_lazy": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"),
    "pgettext_lazy": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
}
_CALL = re.compile(r"(?<!\w)(?P<name>n?p?gettext|_)\((?P<arguments>.*?)\) ")


@dataclass(frozen=True, slots=True)
class Key:
    """What a translation is looked up by."""

    text: str
    context: str = ""
    plural: str = ""

    def __str__(self) -> str:
        return f"{self.text!r} ({self.context})" if self.context else repr(self.text)


@dataclass(slots=True)
class Entry:
    """A translation: one form, or two where the text has a plural."""

    key: Key
    forms: list[str] = field(default_factory=list)
    fuzzy: bool = False
    files: set[str] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        """Whether every form is there and nobody doubts it."""
        return not self.fuzzy and len(self.forms) == (2 if self.key.plural else 1) and all(self.forms)


def _key_of(name: str, arguments: list[str]) -> Key:
    values = dict(zip(_CALLS[name], arguments, strict=False))
    return Key(values.get("id", ""), values.get("context", ""), values.get("plural", ""))


def _in_python(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in _CALLS:
            continue
        wanted = node.args[: len(_CALLS[name])]
        literals = [a.value for a in wanted if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if len(literals) == len(_CALLS[name]):
            yield _key_of(name, literals)


def _in_template(source: str) -> Iterator[Key]:
    from django.utils.translation.template import templatize

    # Django rewrites a template as calls of gettext among noise; each call ends with ") ".
    for call in _CALL.finditer(templatize(source) + " "):
        name = call["name"]
        tree = ast.parse(f"f({call['arguments'].replace(', count', '')})", mode="eval").body
        literals = [str(a.value) for a in getattr(tree, "args", ()) if isinstance(a, ast.Constant)]
        yield _key_of(name, literals)


def find_strings(package: Path = PACKAGE) -> dict[Key, set[str]]:
    """Every text of the package that is translated, with the files it stands in."""
    found: dict[Key, set[str]] = {}
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("templates/**/*.txt")]):
        source = path.read_text(encoding="utf-8")
        keys = _in_python(source) if path.suffix == ".py" else _in_template(source)
        for key in keys:
            found.setdefault(key, set()).add(path.relative_to(package).as_posix())
    return found


def _unquote(line: str) -> str:
    text: str = ast.literal_eval(line[line.index('"') :])
    return text


def read_po(path: Path = CATALOGUE) -> list[Entry]:
    """The entries of a catalogue, without its header."""
    entries: list[Entry] = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8") if path.exists() else ""):
        values: dict[str, str] = {}
        fuzzy, keyword = False, ""
        for line in block.splitlines():
            if line.startswith("#"):
                fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
                continue
            if match := re.match(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s", line):
                keyword = match[1]
            if line.strip():
                values[keyword] = values.get(keyword, "") + _unquote(line)
        if values.get("msgid"):
            key = Key(values["msgid"], values.get("msgctxt", ""), values.get("msgid_plural", ""))
            forms = [text for name, text in sorted(values.items()) if name.startswith("msgstr")]
            entries.append(Entry(key, forms, fuzzy))
    return entries


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def write_po(entries: list[Entry], path: Path = CATALOGUE) -> None:
    """Write a catalogue in the order of its files, without line numbers, so that differences stay small."""
    header = "".join(f"{_quote(line)}\n" for line in _HEADER.splitlines(keepends=True))
    blocks = [f'msgid ""\nmsgstr ""\n{header}']
    for entry in sorted(entries, key=lambda e: (sorted(e.files)[:1], e.key.text, e.key.context, e.key.plural)):
        lines = [f"#: {name}" for name in sorted(entry.files)]
        if entry.fuzzy:
            lines.append("#, fuzzy")
        if entry.key.context:
            lines.append(f"msgctxt {_quote(entry.key.context)}")
        lines.append(f"msgid {_quote(entry.key.text)}")
        if entry.key.plural:
            lines.append(f"msgid_plural {_quote(entry.key.plural)}")
            forms = [*entry.forms, "", ""][:2]
            lines += [f"msgstr[{n}] {_quote(form)}" for n, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quote(entry.forms[0] if entry.forms else '')}")
        blocks.append("\n".join(lines) + "\n")
    path.write_text("\n".join(blocks), encoding="utf-8")


def compile_mo(entries: list[Entry]) -> bytes:
    """The catalogue in the binary format that Python's ``gettext`` reads; incomplete entries are left out."""
    texts = {b"": _HEADER.encode()}
    for entry in entries:
        if entry.complete:
            prefix = f"{entry.key.context}\x04" if entry.key.context else ""
            plural = f"\0{entry.key.plural}" if entry.key.plural else ""
            texts[f"{prefix}{entry.key.text}{plural}".encode()] = "\0".join(entry.forms).encode()
    ids = sorted(texts)
    strings = b"".join(key + b"\0" for key in ids) + b"".join(texts[key] + b"\0" for key in ids)
    tables, offset = b"", 28 + 16 * len(ids)
    for values in (ids, [texts[key] for key in ids]):
        for value in values:
            tables += struct.pack("<II", len(value), offset)
            offset += len(value) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(ids), 28, 28 + 8 * len(ids), 0, 0)
    return head + tables + strings


def problems() -> list[str]:
    """What keeps the catalogue from being complete, in sentences; empty when all is well."""
    found, entries = find_strings(), read_po()
    known = {entry.key: entry for entry in entries}
    said = [f"missing: {key} in {', '.join(sorted(found[key]))}" for key in found if key not in known]
    said += [f"not translated: {e.key}" for e in entries if e.key in found and not e.complete]
    said += [f"no longer used: {e.key}" for e in entries if e.key not in found]
    compiled = CATALOGUE.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != compile_mo(entries):
        said.append("django.mo is not that of django.po: run python -m strapontin.web.translations")
    return said


def update() -> None:
    """Bring the catalogue to the texts of the package and compile it."""
    known = {entry.key: entry for entry in read_po()}
    entries = [known.get(key) or Entry(key) for key in find_strings()]
    for entry, files in zip(entries, find_strings().values(), strict=True):
        entry.files = files
    write_po(entries)
    CATALOGUE.with_suffix(".mo").write_bytes(compile_mo(entries))


def main(arguments: list[str]) -> int:
    """Update the catalogue, or with "check" only say what is wrong with it."""
    if arguments != ["check"]:
        update()
    said = problems()
    for line in said:
        print(line, file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    raise SystemExit(main(sys.argv[1:]))
