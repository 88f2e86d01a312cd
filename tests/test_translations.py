"""First use in French shows no English word: the catalogue is complete, and its French is typeset as French."""

import gettext
import os
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import strapontin.web
from strapontin.web import translations
from strapontin.web.apps import WebConfig
from strapontin.web.translations import entries, texts

ENTRIES = entries(translations.read_catalogue())


def translation(path: Path) -> gettext.GNUTranslations:
    """What Python reads of the compiled catalogue of ``path``."""
    with path.with_suffix(".mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled)


def test_every_text_is_translated() -> None:
    assert translations.problems() == []


def test_django_starts_with_what_is_written() -> None:
    WebConfig("strapontin.web", strapontin.web).ready()
    assert not translations.is_stale()


def test_placeholders_survive_translation() -> None:
    holes = re.compile(r"%\(\w+\)s|\{\w+\}")
    lost = []
    for entry in ENTRIES:
        source = set(holes.findall("".join(texts(entry.id))))
        # A French singular may leave the figure out ("le seul siège"), as an English one may; never invent one.
        used = [set(holes.findall(form)) for form in texts(entry.string)]
        if used[-1] != source or any(form - source for form in used):
            lost.append(entry.id)
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
    forms = [form for entry in ENTRIES for form in texts(entry.string)]
    wrong = [form for form in forms if re.search(mistake, machine.sub("…", form))]
    assert wrong == [], why


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    catalogue = Catalog(locale="fr")
    catalogue.add('A "quoted" word\nand a line', "Un mot « cité »\net une ligne")
    catalogue.add(("%(n)s seat", "%(n)s seats"), ("%(n)s siège", "%(n)s sièges"))
    catalogue.add("Move", "Déplacement", context="noun")
    catalogue.add("doubted", "douteux", flags=["fuzzy"])
    catalogue.add("new")
    translations.write_catalogue(catalogue, path)
    read = translations.read_catalogue(path)
    assert [(m.id, m.context, m.fuzzy, texts(m.string)) for m in entries(read)] == [
        (m.id, m.context, m.fuzzy, texts(m.string)) for m in entries(catalogue)
    ]

    translations.compile_catalogue(path)
    french = translation(path)
    assert [french.ngettext("%(n)s seat", "%(n)s seats", n) for n in (0, 1, 2)] == [
        "%(n)s siège",
        "%(n)s siège",
        "%(n)s sièges",
    ]
    assert french.pgettext("noun", "Move") == "Déplacement"
    assert [french.gettext(text) for text in ("doubted", "new")] == ["doubted", "new"]


def test_a_compiled_catalogue_is_that_of_its_source_or_stale(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    catalogue = Catalog(locale="fr")
    catalogue.add("Seat", "Siège")
    translations.write_catalogue(catalogue, path)
    assert translations.is_stale(path)
    translations.compile_catalogue(path)
    assert not translations.is_stale(path)
    assert translation(path).gettext("Seat") == "Siège"

    # An older file may come from elsewhere, a newer one was changed here: neither is what was compiled.
    for seconds in (-60, 60):
        moment = path.stat().st_mtime + seconds
        os.utime(path, (moment, moment))
        assert translations.is_stale(path)
        translations.compile_catalogue(path)
        assert not translations.is_stale(path)

    path.unlink()
    assert not translations.is_stale(path), "a wheel has no source"


def test_texts_are_found_in_templates_and_code(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        '{% translate "One" %}{% translate "Two" context "c" %}{{ _("Three") }}'
        "\n    <p>\n  {% blocktranslate count n=x trimmed %}\n {{ n }} (seat)\n"
        "{% plural %}{{ n }} seats{% endblocktranslate %}"
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "mail.txt").write_text('{% translate "In a mail" %}')
    (tmp_path / "other.txt").write_text('{% translate "In no template" %}')
    (tmp_path / "code.py").write_text(
        'from x import gettext as _\n_("Four" " and more")\nngettext("a", "b", 2)\n_(name)\n_(row["name"])\n'
        "f\"{_('Five')}\"\n"
    )
    found = translations.find_strings(tmp_path)
    assert {(message.id, message.context) for message in entries(found)} == {
        ("One", None),
        ("Two", "c"),
        ("Three", None),
        (("%(n)s (seat)", "%(n)s seats"), None),
        ("In a mail", None),
        ("Four and more", None),
        ("Five", None),
        (("a", "b"), None),
    }


def test_a_text_is_counted_everywhere_or_nowhere(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text('gettext("used")\nngettext("used", "used", n)\n')
    with pytest.raises(ValueError, match="context"):
        translations.find_strings(tmp_path)


def test_an_update_adds_what_is_missing_and_drops_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    catalogue = Catalog(locale="fr")
    catalogue.add("Kept", "Gardé")
    catalogue.add("Kept as well", "Gardé aussi")
    catalogue.add("Doubted", "Douteux", flags=["fuzzy"])
    catalogue.add("Gone", "Parti")
    translations.write_catalogue(catalogue, path)
    code = tmp_path / "code.py"
    code.write_text('_("Kept")\n_("Doubted")\n_("Kept as well!")\nngettext("%(n)s seat", "%(n)s seats", n)\n')
    assert translations.problems(tmp_path, path) == [
        "missing: '%(n)s seat' in code.py",
        "not translated: 'Doubted'",
        "missing: 'Kept as well!' in code.py",
        "no longer used: 'Kept as well'",
        "no longer used: 'Gone'",
    ]

    translations.update(tmp_path, path)
    read = entries(translations.read_catalogue(path))
    assert {message.id: texts(message.string) for message in read} == {
        ("%(n)s seat", "%(n)s seats"): ("", ""),
        "Doubted": ("Douteux",),
        "Kept": ("Gardé",),
        "Kept as well!": ("",),
    }
    assert translations.problems(tmp_path, path) == [
        "not translated: '%(n)s seat'",
        "not translated: 'Doubted'",
        "not translated: 'Kept as well!'",
    ]
    assert translation(path).gettext("Kept") == "Gardé"
    assert "Gone" not in path.read_text()

    code.write_text("")
    translations.update(tmp_path, path)
    assert translations.problems(tmp_path, path) == []
