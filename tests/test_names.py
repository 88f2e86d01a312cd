"""Names in the order in which people look for them: PostgreSQL's key and ours are one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from strapontin.kit.names import sort_key
from tests.servers import Database

LETTERS = st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cn", "Cs")) | st.sampled_from(
    "ÉéÀÇœŒŁłßẞŸŞ’ΩЖΆάςЙйİıأآかがㅎ한क़\u0301\u0345\u05b8\u094d"
)
INSERT = """
INSERT INTO partner (id, name, path, level, country, region, vat_number, address, currency, language, payer,
                     created_at, version)
SELECT uuid_in(md5(ordinal::text)::cstring), name, '{}', 'gold', 'FR', '', '', '', 'EUR', 'fr', true, now(), 1
  FROM unnest(%s::text[]) WITH ORDINALITY AS given (name, ordinal)
RETURNING name, sort_key
"""


def test_the_order() -> None:
    names = ["Échirolles, imagerie", "Voiron", "Crolles", "Eybens", "échirolles", "Œuvre", "Zoé"]
    assert sorted(names, key=sort_key) == [
        "Crolles",
        "échirolles",
        "Échirolles, imagerie",
        "Eybens",
        "Œuvre",
        "Voiron",
        "Zoé",
    ]


def test_case_and_accents_are_ignored_in_every_script() -> None:
    for one, other in (
        ("ΑΘΗΝΑΊ", "αθηναι"),
        ("Ελλάς", "ΕΛΛΑΣ"),
        ("ЙОД", "иод"),
        ("Հայաստան", "ՀԱՅԱՍՏԱՆ"),
        ("Łódź", "lodz"),
        ("Ho\u0302tel", "hôtel"),
        ("Việt", "VIET"),
        ("İstanbul ışık", "istanbul isik"),
        ("Weiß Œuvre Æsir", "weiss oeuvre aesir"),
        ("אָלֶף", "אלף"),
        ("مُحَمَّد", "محمد"),
        ("ＦＵＬＬ", "full"),
        ("𐐀", "𐐨"),
    ):
        assert sort_key(one) == sort_key(other), one
    # These are other letters, not accents.
    for one, other in (("か", "が"), ("कि", "क"), ("ა", "ბ")):
        assert sort_key(one) != sort_key(other), one


# A busy machine takes longer for a new connection than Hypothesis allows.
@settings(deadline=None)
@given(names=st.lists(st.text(LETTERS, min_size=1, max_size=20), max_size=50))
def test_postgresql_computes_the_same_key(database: Database, names: list[str]) -> None:
    with database.superuser() as connection, connection.transaction(force_rollback=True):
        found = connection.execute(INSERT, [names]).fetchall()
    assert found == [(name, sort_key(name)) for name in names]
