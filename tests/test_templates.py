"""Templates can be read, line by line, in an editor and in a review."""

from __future__ import annotations

from pathlib import Path

import strapontin

TEMPLATES = Path(strapontin.__file__).parent / "web" / "templates"
LONGEST_LINE = 160


def test_no_line_is_too_long() -> None:
    lines = [
        f"{path.relative_to(TEMPLATES)}:{number}: {len(line)} characters"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert lines == []


def test_every_part_is_included_by_somebody() -> None:
    """A part of a page (``_name.html``) that no template includes and no view shows is left over."""
    package = TEMPLATES.parent
    sources = [*TEMPLATES.rglob("*.html"), *package.rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    parts = [path.relative_to(TEMPLATES).as_posix() for path in [*TEMPLATES.rglob("_*.html")]]
    assert [part for part in parts if f'"{part}"' not in text] == []
