"""First use in French shows no English word: the catalogue is complete, and its French is typeset as French."""

import gettext
import io
import re
from pathlib import Path

import pytest

from strapontin.web import translations
from strapontin.web.translations import Entry, Key

ENTRIES = translations.read_po()


def test_every_text_is_translated_and_compiled() -> None:
    assert translations.problems() == []


def test_placeholders_survive_translation() -> None:
    holes = re.compile(r"%\(\w+\)s|\{\w+\}")
    lost = []
    for entry in (each for each in ENTRIES if each.complete):
        wanted = set(holes.findall(entry.key.text + entry.key.plural))
        # A French singular may leave the figure out ("le seul siège"), as an English one may; never invent one.
        used = [set(holes.findall(form)) for form in entry.forms]
        if used[-1] != wanted or any(each - wanted for each in used):
            lost.append(entry.key.text)
    assert lost == []


@pytest.mark.parametrize(
    ("mistake", "why"),
    [
        (r"'", "the apostrophe is ’"),
        (r"[^\u00a0\u202f][:;?!»](?!//)", "a no-break space stands before : ; ? ! »"),
        (r"«[^\u00a0]", "a no-break space stands after «"),
        (r"\b[Vv]euillez\b|\b[Oo]ups\b|!", "no exclamation, no “veuillez”"),
    ],
)
def test_french_typography(mistake: str, why: str) -> None:
    # What stands between quotes or braces is for machines (times, names of headers).
    machine = re.compile(r'"[^"]*"|\{\w+\}|https?://|\d+:\d+(:\d+)?|[+-]\d\d:\d\d')
    wrong = [form for entry in ENTRIES for form in entry.forms if re.search(mistake, machine.sub("…", form))]
    assert wrong == [], why


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    plural = Key("%(n)s seat", plural="%(n)s seats")
    entries = [
        Entry(Key('A "quoted" word\nand a line'), ["Un mot « cité »\net une ligne"]),
        Entry(plural, ["%(n)s siège", "%(n)s sièges"]),
        Entry(Key("Move", context="noun"), ["Déplacement"]),
        Entry(Key("doubted"), ["douteux"], fuzzy=True),
    ]
    translations.write_po(entries, path)
    read = {entry.key: (entry.forms, entry.fuzzy) for entry in translations.read_po(path)}
    assert read == {entry.key: (entry.forms, entry.fuzzy) for entry in entries}

    catalogue = gettext.GNUTranslations(io.BytesIO(translations.compile_mo(entries)))
    assert [catalogue.ngettext(plural.text, plural.plural, n) for n in (0, 1, 2)] == [
        "%(n)s siège",
        "%(n)s siège",
        "%(n)s sièges",
    ]
    assert catalogue.pgettext("noun", "Move") == "Déplacement"
    assert catalogue.gettext("doubted") == "doubted"


def test_texts_are_found_in_templates_and_code(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        '{% translate "One" %}{% translate "Two" context "c" %}{{ _("Three") }}'
        "{% blocktranslate count n=x trimmed %}\n {{ n }} (seat)\n{% plural %}{{ n }} seats{% endblocktranslate %}"
    )
    (tmp_path / "code.py").write_text(
        'from x import gettext as _\n_("Four" " and more")\nngettext("a", "b", 2)\n_(name)\n'
    )
    assert set(translations.find_strings(tmp_path)) == {
        Key("One"),
        Key("Two", context="c"),
        Key("Three"),
        Key("%(n)s (seat)", plural="%(n)s seats"),
        Key("Four and more"),
        Key("a", plural="b"),
    }
